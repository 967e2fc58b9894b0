const KINDS = ['campaign', 'automation', 'bot', 'inbox', 'catalogue'] as const;

/** What a message was sent by. */
export interface Origin {
  kind: (typeof KINDS)[number];
  /** UUID. */
  id: string;
}

/**
 * The origin as it stands in the message's `biz_opaque_callback_data`: statuses carry it to the tenant, the message log finds
 * by it, and billing's usage by campaign counts by it.
 */
export const originOf = ({ kind, id }: Origin): string => `${kind}:${id}`;

/** @returns undefined for data that the tenant gave itself */
export function readOrigin(clientData: string | null | undefined): Origin | undefined {
  const [, kind, id] = /^(campaign|automation|bot|inbox|catalogue):([0-9a-f-]{36})$/.exec(clientData ?? '') ?? [];
  return kind && id ? { kind: kind as Origin['kind'], id } : undefined;
}
