/** Every reason for which Paloma itself refuses a call. A new one does not compile without its row in REFUSALS. */
export type RefusalCode =
  // who is asking
  | 'invalid_token'
  | 'permission_denied'
  | 'tenant_suspended'
  // the call as such
  | 'unknown_path'
  | 'method_not_allowed'
  | 'malformed_json'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'unknown_object'
  | 'invalid_cursor'
  | 'invalid_parameter'
  | 'missing_parameter'
  | 'invalid_value'
  | 'unsupported'
  | 'idempotency_conflict'
  | 'idempotency_in_progress'
  | 'stale_id'
  // recipients
  | 'recipient_is_sender'
  | 'recipient_opted_out'
  | 'recipient_not_allowed'
  | 'recipient_blocked'
  | 'recipient_needs_number'
  // windows, limits and money
  | 'window_closed'
  | 'throughput_exceeded'
  | 'pair_rate_exceeded'
  | 'tier_exhausted'
  | 'too_many_calls'
  | 'balance_exhausted'
  // the number
  | 'number_not_registered'
  | 'number_disconnected'
  | 'number_in_maintenance'
  | 'number_restricted'
  | 'number_locked'
  | 'display_name_unapproved'
  | 'pin_mismatch'
  | 'pin_guesses_exceeded'
  | 'code_invalid'
  | 'code_not_sent'
  | 'registration_limit'
  | 'number_unverified'
  // media
  | 'media_rejected'
  // sending a template
  | 'template_unknown'
  | 'template_paused'
  | 'template_disabled'
  | 'template_parameter_count'
  | 'template_parameter_format'
  | 'template_text_too_long'
  | 'marketing_templates_only'
  | 'template_not_marketing'
  // writing a template
  | 'template_invalid'
  | 'template_too_long'
  | 'template_header_invalid'
  | 'template_body_invalid'
  | 'template_footer_invalid'
  | 'template_variable_ratio'
  | 'template_variable_at_edge'
  | 'template_exists'
  | 'template_name_reserved'
  | 'template_limit'
  | 'template_not_editable'
  // ourselves
  | 'temporarily_unavailable'
  | 'internal';

export interface Refusal {
  readonly httpStatus: number;
  readonly metaCode: number;
  readonly metaSubcode?: number;
  /** The title Meta gives the code, without the `(#code)` in front. */
  readonly message: string;
  /** Meta's `error.type`; every sample we hold says OAuthException, whatever the code. */
  readonly type: 'OAuthException';
  /** Whether the same call may succeed later, so that the answer carries `Retry-After`. */
  readonly waitHelps: boolean;
}

const no = (httpStatus: number, metaCode: number, message: string, metaSubcode?: number): Refusal => ({
  httpStatus,
  metaCode,
  ...(metaSubcode === undefined ? {} : { metaSubcode }),
  message,
  type: 'OAuthException',
  waitHelps: false,
});
const wait = (httpStatus: number, metaCode: number, message: string): Refusal => ({
  ...no(httpStatus, metaCode, message),
  waitHelps: true,
});

/**
 * Our refusals as a Cloud API client would meet them. Codes and titles are Meta's (error page of 2025-12-12, samples).
 * HTTP status: Meta's where it lists one, except that waiting is said with 429 (Meta: 400 since 2025, 429 before), since
 * clients of every kind back off on 429, and that 404, 405, 409, 413 and 415 say what they say everywhere.
 */
export const REFUSALS: Readonly<Record<RefusalCode, Refusal>> = {
  invalid_token: no(401, 190, 'Invalid OAuth access token'),
  permission_denied: no(403, 10, 'Permission denied'),
  tenant_suspended: no(403, 131031, 'Account has been locked'),

  unknown_path: no(404, 100, 'Unknown path'),
  method_not_allowed: no(405, 100, 'Method not allowed'),
  malformed_json: no(400, 100, 'Invalid parameter'),
  payload_too_large: no(413, 100, 'Request body is too large'),
  unsupported_media_type: no(415, 100, 'Unsupported content type'),
  // One answer for what does not exist and for what belongs to another tenant, or ids could be guessed.
  unknown_object: no(400, 100, 'Object does not exist or cannot be accessed', 33),
  invalid_cursor: no(400, 131059, 'Invalid pagination cursor'),
  invalid_parameter: no(400, 100, 'Invalid parameter'),
  missing_parameter: no(400, 131008, 'Required parameter is missing'),
  invalid_value: no(400, 131009, 'Parameter value is not valid'),
  unsupported: no(400, 131051, 'Unsupported message type'),
  // The key was used for another body. 506 is Meta's word for a post made twice.
  idempotency_conflict: no(409, 506, 'Duplicate post'),
  idempotency_in_progress: wait(409, 2, 'Request with this Idempotency-Key is still in progress'),
  // An id of the caller's own that carries another time than that of the call.
  stale_id: no(400, 131009, 'Parameter value is not valid'),

  recipient_is_sender: no(400, 131021, 'Recipient cannot be sender'),
  recipient_opted_out: no(400, 131050, 'User has stopped receipt of marketing messages'),
  recipient_not_allowed: no(400, 131030, 'Recipient phone number not in allowed list'),
  recipient_blocked: no(400, 130403, 'User blocked'),
  recipient_needs_number: no(400, 131062, 'BSUID recipient not supported'),

  window_closed: no(400, 131047, 'Re-engagement message'),
  throughput_exceeded: wait(429, 130429, 'Rate limit hit'),
  pair_rate_exceeded: wait(429, 131056, 'Pair rate limit hit'),
  // No page says which code an exhausted tier gives. 131048 makes clients stop a campaign; 130429 would make them hammer.
  tier_exhausted: wait(429, 131048, 'Messaging limit reached'),
  too_many_calls: wait(429, 80007, 'Rate limit issues'),
  balance_exhausted: no(402, 131042, 'Business eligibility payment issue'),

  number_not_registered: no(400, 133010, 'Account not registered'),
  // Our token for the number is gone. Not 190: that would send the tenant to check its own token, which is good.
  number_disconnected: no(403, 131005, 'Access denied'),
  number_in_maintenance: wait(503, 131057, 'Account in maintenance mode'),
  number_restricted: no(403, 368, 'Temporarily blocked for policies violations'),
  number_locked: no(403, 131031, 'Account has been locked'),
  display_name_unapproved: no(400, 131037, 'Display name needs approval before message can be sent'),
  pin_mismatch: no(400, 133005, 'Two-step verification PIN mismatch'),
  pin_guesses_exceeded: wait(429, 133008, 'Too many two-step PIN guesses'),
  code_invalid: no(400, 136025, 'Verify code error'),
  code_not_sent: wait(429, 136024, 'Request code error'),
  registration_limit: wait(429, 133016, 'Account register deregister rate limit exceeded'),
  number_unverified: no(400, 133006, 'Phone number re-verification needed'),

  media_rejected: no(400, 131053, 'Media upload error'),

  template_unknown: no(404, 132001, 'Template name does not exist in the translation'),
  template_paused: no(400, 132015, 'Template is paused'),
  template_disabled: no(400, 132016, 'Template is disabled'),
  template_parameter_count: no(400, 132000, 'Number of parameters does not match the expected number of params'),
  template_parameter_format: no(400, 132012, 'Template parameter format mismatch'),
  template_text_too_long: no(400, 132005, 'Template hydrated text too long'),
  marketing_templates_only: no(400, 131055, 'Method not allowed'),
  template_not_marketing: no(400, 134100, 'Only marketing messages supported'),

  template_invalid: no(400, 100, 'Invalid parameter', 2388039),
  template_too_long: no(400, 100, 'Invalid parameter', 2388040),
  template_header_invalid: no(400, 100, 'Invalid parameter', 2388047),
  template_body_invalid: no(400, 100, 'Invalid parameter', 2388072),
  template_footer_invalid: no(400, 100, 'Invalid parameter', 2388073),
  template_variable_ratio: no(400, 100, 'Invalid parameter', 2388293),
  template_variable_at_edge: no(400, 100, 'Invalid parameter', 2388299),
  template_exists: no(400, 100, 'Invalid parameter', 2388024),
  template_name_reserved: no(400, 100, 'Invalid parameter', 2388023),
  template_limit: no(400, 100, 'Invalid parameter', 2388019),
  template_not_editable: no(400, 100, 'Invalid parameter'),

  temporarily_unavailable: wait(503, 2, 'Service temporarily unavailable'),
  internal: no(500, 1, 'An unknown error occurred'),
};
