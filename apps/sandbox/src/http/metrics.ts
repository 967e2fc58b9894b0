import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** Counters in a registry of their own, so that two sandboxes can live in one process. */
export class Metrics {
  readonly registry = new Registry();
  readonly graphCalls = new Counter({
    name: 'sandbox_graph_calls_total',
    help: 'Graph calls answered, by edge and HTTP status (0: connection cut on purpose).',
    labelNames: ['edge', 'status'],
    registers: [this.registry],
  });
  readonly webhookAttempts = new Counter({
    name: 'sandbox_webhook_attempts_total',
    help: 'Attempts to deliver a webhook, by field and HTTP status (0: no answer).',
    labelNames: ['field', 'status'],
    registers: [this.registry],
  });

  constructor(pendingWebhooks: () => number) {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'sandbox_webhooks_pending',
      help: 'Webhooks not yet answered 200.',
      registers: [this.registry],
      collect() {
        this.set(pendingWebhooks());
      },
    });
  }
}
