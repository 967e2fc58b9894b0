export { carriesWhiteText } from './contrast.js';
export { currentEnvironment, type Environment, useEnvironment } from './environment.js';
export { type Config, configured, envExample, InvalidConfigError, loadConfig } from './load-config.js';
export { type EncryptionKey, VARIABLES, type ValueOf, type VariableName } from './variables.js';
