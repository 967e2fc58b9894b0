export { type CallbackNumber, type CloudWebhook, cloudWebhookOf } from './callback.js';
export { CheckedContacts } from './checked-contacts.js';
export { cloudErrorOf, nearestCloudCode } from './cloud-error.js';
export { type HealthNode, isConnected } from './health.js';
export { isOnPremisesMediaId, isOnPremisesMessageId } from './ids.js';
export { type CannotCarry, cloudBody, onPremisesBody, type TemplateContext } from './message-body.js';
export {
  type CheckedContact,
  OnPremisesClient,
  type OnPremisesClientOptions,
  type UploadFile,
} from './on-premises-client.js';
export { OnPremisesError, type OnPremisesProblem, OnPremisesUnreachableError } from './on-premises-error.js';
export { OnPremisesTransport } from './on-premises-transport.js';
export { passwordProblem } from './password.js';
