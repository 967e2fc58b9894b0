import { Module } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { BookPayment } from './book-payment.js';
import { Disputes } from './disputes.js';
import { PAYMENT_PROVIDER } from './payment-provider.js';
import { PaymentsController } from './payments.controller.js';
import { Stripe } from './stripe.js';
import { TopUps } from './top-ups.js';
import { WalletController } from './wallet.controller.js';
import { WalletAlerts } from './wallet-alerts.js';

/** Wallets over HTTP: for tenants, and for the payment provider. */
@Module({
  controllers: [WalletController, PaymentsController],
  providers: [
    TopUps,
    BookPayment,
    Disputes,
    WalletAlerts,
    {
      provide: PAYMENT_PROVIDER,
      useFactory: () => {
        const config = loadConfig(['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRETS', 'STRIPE_URL']);
        return new Stripe({
          url: config.STRIPE_URL,
          key: config.STRIPE_SECRET_KEY,
          secrets: config.STRIPE_WEBHOOK_SECRETS,
        });
      },
    },
  ],
  exports: [TopUps, WalletAlerts],
})
export class WalletFeature {}
