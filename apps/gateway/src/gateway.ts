import type { run } from '#libs/http';
import { processSettings } from '#libs/process';
import { GatewayModule } from './gateway.module.js';
import { finishDocument } from './graph-envelope/finish-document.js';
import { withoutVersion } from './graph-envelope/graph-path.js';
import { renderRefusal } from './graph-envelope/render-refusal.js';

/** How the gateway's HTTP process is served. */
export const GATEWAY: Parameters<typeof run>[0] = {
  name: 'gateway',
  module: GatewayModule,
  describe: "Messages, templates and webhooks: Meta's Cloud API for tenants, with what became of each message.",
  settings: [
    ...processSettings(),
    'PUBLIC_URL',
    'TENANT_JWT_SECRET',
    'META_GRAPH_URL',
    'META_GRAPH_VERSION',
    'META_APP_ID',
    'META_APP_SECRETS',
    'META_VERIFY_TOKEN',
    'META_SYSTEM_USER_TOKEN',
    'WEBHOOK_ALLOWED_NETWORKS',
    'ON_PREMISES_ALLOWED_NETWORKS',
  ],
  renderRefusal,
  finishDocument,
  rewriteUrl: withoutVersion,
  // Webhooks of Meta have up to 3 MB (webhooks overview, 2025-11).
  bodyLimit: 4 * 1024 * 1024,
};
