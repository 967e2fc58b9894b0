export { AddressGuard, ForbiddenAddressError, hostOf } from './address-guard.js';
export { type CallResult, OutgoingCalls } from './outgoing-calls.js';
