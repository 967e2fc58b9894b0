import { type Fields, isFields, textOf } from './fields.js';

/** `connected`, `connecting`, `disconnected`, `uninitialized`, `unregistered`; others are kept as told. */
export type GatewayStatus = string;

export interface HealthNode {
  /** `host:container` in a multiconnect setup, `''` for a single client. */
  name: string;
  gatewayStatus: GatewayStatus;
  /** Only in a multiconnect setup: `primary_master`, `secondary_master`, `coreapp`. */
  role?: string;
}

/** Reads both forms of `GET /v1/health`: one client, or a map of the nodes of a multiconnect setup. */
export function readHealth(answer: unknown): HealthNode[] {
  const health = isFields(answer) ? answer.health : undefined;
  if (!isFields(health)) return [];
  if (health.gateway_status !== undefined) return [nodeOf('', health)];
  return Object.entries(health).flatMap(([name, node]) => (isFields(node) ? [nodeOf(name, node)] : []));
}

/** Whether messages can go out: some node holds the connection to WhatsApp. */
export const isConnected = (nodes: readonly HealthNode[]): boolean =>
  nodes.some((node) => node.gatewayStatus === 'connected');

function nodeOf(name: string, node: Fields): HealthNode {
  const role = textOf(node.role);
  return { name, gatewayStatus: textOf(node.gateway_status) ?? 'unknown', ...(role ? { role } : {}) };
}
