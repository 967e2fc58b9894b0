export { type Estimates, Holds } from './holds.js';
export { WalletModule } from './wallet.module.js';
export { type Captured, type Wallet, type WalletSettings, Wallets } from './wallets.js';
