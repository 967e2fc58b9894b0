import { type Fields, isFields } from './fields.js';

/** Why a message cannot go over the On-Premises API, as the Cloud API would say it. */
export interface CannotCarry {
  code: number;
  details: string;
}

export interface TemplateContext {
  /** `message_template_namespace` of the WhatsApp Business account, which the old form of a template names. */
  templateNamespace?: string;
}

// Of the Cloud API alone (Meta, send messages, 2025-11-04; marketing messages, 2025-11-19). The On-Premises client refuses
// what it does not know (1010). Callback data is lost on this way: who sends must settle unknown outcomes by other marks.
const CLOUD_ONLY = [
  'messaging_product',
  'biz_opaque_callback_data',
  'product_policy',
  'message_activity_sharing',
  'recipient',
] as const;

/**
 * A Cloud API message in the On-Premises form: no `messaging_product`, recipient in digits, templates with `namespace` and
 * `language.policy` (Meta's On-Premises message pages, stored copies of 2026-05). What the old client cannot keep as a
 * promise is refused here instead of being dropped in silence.
 */
export function onPremisesBody(
  cloud: Fields,
  context: TemplateContext = {},
): { body: Fields } | { refused: CannotCarry } {
  const refused = (code: number, details: string) => ({ refused: { code, details } });
  const to = typeof cloud.to === 'number' ? String(cloud.to) : cloud.to;
  if (typeof to !== 'string' || to === '') {
    return typeof cloud.recipient === 'string'
      ? refused(131062, 'recipient: an On-Premises number reaches customers by phone number only; give `to`.')
      : refused(131008, 'to: is missing.');
  }
  if (cloud.recipient_identity_key_hash !== undefined) {
    return refused(
      100,
      'recipient_identity_key_hash: an On-Premises client cannot hold a message back for a changed identity; leave it out.',
    );
  }
  const body: Fields = { ...cloud };
  for (const key of CLOUD_ONLY) delete body[key];
  body.to = cloud.recipient_type === 'group' ? to : to.replace(/\D/g, '');
  body.type = cloud.type ?? 'text';
  if (!isFields(cloud.template)) return { body };

  const { language } = cloud.template;
  const namespace = cloud.template.namespace ?? context.templateNamespace;
  if (namespace === undefined) {
    return refused(
      131008,
      'template.namespace: this account has no known namespace, which an On-Premises client needs.',
    );
  }
  body.template = {
    ...cloud.template,
    namespace,
    language: { policy: 'deterministic', ...(isFields(language) ? language : { code: language }) },
  };
  return { body };
}

/**
 * An On-Premises message in the Cloud API's form, for clients that still speak the old one. Its recipients are `wa_id`s:
 * without `+` the Cloud API would put the sender's own country code before them (Meta, send messages, 2025-11-04).
 */
export function cloudBody(onPremises: Fields): Fields {
  const { to, template, ...rest } = onPremises;
  const body: Fields = { messaging_product: 'whatsapp', ...rest };
  if (to !== undefined) {
    const digits = typeof to === 'number' || (typeof to === 'string' && /^\d+$/.test(to));
    body.to = digits && onPremises.recipient_type !== 'group' ? `+${to}` : to;
  }
  if (isFields(template)) {
    const { namespace: _, ...named } = template;
    body.template = named;
  } else if (template !== undefined) body.template = template;
  return body;
}
