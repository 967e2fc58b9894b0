import { type DynamicModule, Module } from '@nestjs/common';
import { type ServiceApp, ServiceCalls, ServiceCallsModule } from '#libs/service-calls';
import { GatewayClient } from './gateway-client.js';

/** The gateway's door, for one of our apps. */
@Module({})
export class GatewayClientModule {
  private static readonly made = new Map<ServiceApp, DynamicModule>();

  /** Features import it each for themselves, and share one client. */
  static forApp(app: ServiceApp): DynamicModule {
    const module = GatewayClientModule.made.get(app) ?? GatewayClientModule.clientOf(app);
    GatewayClientModule.made.set(app, module);
    return module;
  }

  private static clientOf(app: ServiceApp): DynamicModule {
    return {
      module: GatewayClientModule,
      global: true,
      imports: [ServiceCallsModule],
      providers: [
        {
          provide: GatewayClient,
          inject: [ServiceCalls],
          useFactory: (calls: ServiceCalls) => new GatewayClient(calls, app),
        },
      ],
      exports: [GatewayClient],
    };
  }
}
