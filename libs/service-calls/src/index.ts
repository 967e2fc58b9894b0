export { ServiceCalls, ServiceRefused, ServiceUnreachable } from './service-calls.js';
export { ServiceCallsModule } from './service-calls.module.js';
export {
  isServiceToken,
  type ServiceApp,
  type ServiceAudience,
  type ServiceCall,
  ServiceTokens,
} from './service-tokens.js';
