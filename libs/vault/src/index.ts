export { hashPassword, passwordMatches } from './password.js';
export { hashToken, Vault } from './vault.js';
export { VaultModule } from './vault.module.js';
