export { ProcessModule, processSettings } from './process.module.js';
