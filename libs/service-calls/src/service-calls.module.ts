import { Module } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { ServiceCalls } from './service-calls.js';
import { ServiceTokens } from './service-tokens.js';

/** Tokens between our apps, and the calls that carry them. */
@Module({
  providers: [
    {
      provide: ServiceTokens,
      useFactory: () => new ServiceTokens(loadConfig(['TENANT_JWT_SECRET']).TENANT_JWT_SECRET),
    },
    {
      provide: ServiceCalls,
      inject: [ServiceTokens],
      useFactory: (tokens: ServiceTokens) => {
        const { GATEWAY_URL, BILLING_URL } = loadConfig(['GATEWAY_URL', 'BILLING_URL']);
        return new ServiceCalls(tokens, { gateway: GATEWAY_URL, billing: BILLING_URL });
      },
    },
  ],
  exports: [ServiceTokens, ServiceCalls],
})
export class ServiceCallsModule {}
