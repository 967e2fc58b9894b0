import { EngagementModule } from '../../apps/engagement/src/engagement.module.js';
import { EngagementWorkerModule } from '../../apps/engagement/src/engagement-worker.module.js';
import { eventually, http, type RunningApp, startApp } from './app.js';
import { aMerchant, type Merchant } from './gateway.js';
import { GatewayStage } from './gateway-stage.js';

/** The engagement app and its worker beside a gateway, with what a merchant does with its campaigns. */
export class CampaignStage extends GatewayStage {
  engagement!: RunningApp;
  engagementWorker!: RunningApp;

  override async start(): Promise<this> {
    await super.start();
    const environment = { ...this.environment, GATEWAY_URL: this.gateway.url, BILLING_URL: 'http://127.0.0.1:1' };
    this.engagement = await startApp(EngagementModule, environment, { name: 'engagement', describe: 'Engagement.' });
    this.engagementWorker = await startApp(EngagementWorkerModule, environment);
    return this;
  }

  override async stop(): Promise<void> {
    await this.engagementWorker?.close();
    await this.engagement?.close();
    await super.stop();
  }

  merchant(options?: Parameters<typeof aMerchant>[1]): Promise<Merchant> {
    return aMerchant(this.gateway.app, options);
  }

  /** A call of the engagement app's API by a merchant. */
  call(shop: Merchant, method: string, path: string, body?: unknown) {
    return http(method, `${this.engagement.url}/api/v1${path}`, { token: shop.apiKey, body });
  }

  /** The body of a campaign to a list. */
  draft(shop: Merchant, more: object = {}) {
    return {
      name: 'Spring sale',
      phone_number_ids: [shop.metaPhoneNumberId],
      variants: [
        {
          template: 'spring_sale',
          language: 'en_US',
          components: [{ type: 'body', parameters: [{ type: 'text', text: '{{name|friend}}' }] }],
        },
      ],
      audience: 'list',
      ...more,
    };
  }

  /** A drafted campaign with so many recipients. @returns its id */
  async drafted(shop: Merchant, recipients: number, more: object = {}, attributes: object = {}): Promise<string> {
    const made = await this.call(shop, 'POST', '/campaigns', this.draft(shop, more));
    expect([made.status, made.body]).toMatchObject([201, { state: 'draft' }]);
    const list = Array.from({ length: recipients }, (_, i) => ({
      to: recipient(i),
      attributes: { name: `N${i}`, ...attributes },
    }));
    const listed = await this.call(shop, 'POST', `/campaigns/${made.body.id}/recipients`, { recipients: list });
    expect(listed.body).toEqual({ added: recipients, repeated: 0 });
    return made.body.id;
  }

  async see(shop: Merchant, id: string) {
    return (await this.call(shop, 'GET', `/campaigns/${id}`)).body;
  }

  reaches(shop: Merchant, id: string, state: string, withinMs = 30_000) {
    return eventually(async () => {
      const campaign = await this.see(shop, id);
      return campaign.state === state && campaign;
    }, withinMs);
  }

  /** What Meta was asked to send from these numbers, by recipient. */
  sentFrom(...numbers: string[]): string[] {
    return this.graph.calls
      .filter((c) => numbers.some((n) => c.path === `/${n}/messages`))
      .map((c) => c.body.to as string);
  }
}

/** The nth recipient of a drafted campaign. */
export const recipient = (n: number): string => `+1650555${String(n).padStart(4, '0')}`;
