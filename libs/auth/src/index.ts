export { exchanged, judgeRefresh, type RefreshTokens } from './judge-refresh.js';
export { hashRecoveryCode, newRecoveryCodes, newTotpSecret, stepOfCode, totpUri } from './second-factor.js';
export { SignInThrottle } from './sign-in-throttle.js';
export { makeTicket, readTicket, type Ticket } from './ticket.js';
