import { isRecord } from '../messages/refuse-field.js';
import type { Json } from '../state/records.js';
import { bad } from './on-premises-error.js';

// As a fresh client has them (general knowledge). The two delays are kept and shown; callbacks are repeated as all
// webhooks of the sandbox are.
const fresh = (): Json => ({
  callback_persist: true,
  callback_backoff_delay_ms: 3_000,
  max_callback_backoff_delay_ms: 900_000,
  media: { auto_download: [] },
  webhooks: {},
});

const KNOWN = new Set([...Object.keys(fresh()), 'sent_status', 'on_call_pager']);

/** `/v1/settings/application` of one client. */
export class ApplicationSettings {
  private values = fresh();

  get all(): Json {
    return this.values;
  }

  /** @throws OnPremisesError 1009 for a name or value that the client does not take; nothing is changed then. */
  change(changes: Json): void {
    for (const name of Object.keys(changes)) if (!KNOWN.has(name)) throw bad(`${name} is not a setting.`);
    const url = isRecord(changes.webhooks) ? changes.webhooks.url : undefined;
    if (url !== undefined && url !== '' && !URL.canParse(String(url))) throw bad('webhooks.url is not a URL.');
    for (const [name, value] of Object.entries(changes)) {
      const held = this.values[name];
      this.values[name] = isRecord(held) && isRecord(value) ? { ...held, ...value } : value;
    }
  }

  reset(): void {
    this.values = fresh();
  }

  webhookUrl(): string | undefined {
    const { url } = this.values.webhooks as Json;
    return typeof url === 'string' && url !== '' ? url : undefined;
  }

  /** Each status can be turned off from v2.41.2 on; `sent_status` is the older switch for `sent`. */
  wantsStatus(status: string): boolean {
    const { message } = this.values.webhooks as Json;
    if (isRecord(message) && message[status] !== undefined) return message[status] === true;
    return status !== 'sent' || this.values.sent_status !== false;
  }
}
