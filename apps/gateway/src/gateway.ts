import type { run } from '#libs/http';
import { GatewayModule } from './gateway.module.js';
import { withoutVersion } from './graph-envelope/graph-path.js';
import { renderRefusal } from './graph-envelope/render-refusal.js';

/** How the gateway's HTTP process is served. */
export const GATEWAY: Parameters<typeof run>[0] = {
  name: 'gateway',
  module: GatewayModule,
  describe: "Messages, templates and webhooks: Meta's Cloud API for tenants, with what became of each message.",
  renderRefusal,
  rewriteUrl: withoutVersion,
  // Webhooks of Meta have up to 3 MB (webhooks overview, 2025-11).
  bodyLimit: 4 * 1024 * 1024,
};
