import { Readable } from 'node:stream';
import { newId } from '#libs/ids';
import type { MediaStore } from '#libs/media-store';
import type { TestDatabase } from './database.js';
import type { FoundedNumber } from './numbers.js';

export const NUMBER = '5215512345678';
export const OTHER_FORM = '525512345678';
export const USER_ID = 'MX.13491208655302741918';
export const NAME = 'Xochiquetzalli';
export const SOMEBODY = '5215599999999';

/** So long ago that Meta reports no more on it. */
const at = new Date(Date.now() - 3 * 86_400_000);
const wamid = (digits: string) =>
  `wamid.${Buffer.concat([Buffer.from([0x1c, 0x18, digits.length]), Buffer.from(`${digits}\u0015\u0002\u0000tail`)]).toString('base64')}`;

/** A customer's life with a merchant, as it leaves rows in every table. @returns the message they were sent */
export async function liveWith(
  database: TestDatabase,
  media: MediaStore,
  { tenantId, phoneNumberId, wabaId, metaPhoneNumberId }: FoundedNumber,
): Promise<string> {
  const sql = (text: string, ...values: unknown[]) => database.owner.query(text, [tenantId, ...values]);
  const [message, aside, contact, record, event, endpoint] = Array.from({ length: 6 }, () => newId(at)) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  await sql(
    `INSERT INTO contacts (tenant_id, contact_id, name, profile_name, attributes, created_at, updated_at)
             VALUES ($1, $2, $3, $3, $4, $5, $5)`,
    contact,
    NAME,
    { size: NAME },
    at,
  );
  await sql(
    `INSERT INTO contact_identifiers (tenant_id, kind, value, line, contact_id)
             VALUES ($1, 'phone', $2, $3, $5), ($1, 'user_id', $4, $4, $5)`,
    `+${NUMBER}`,
    OTHER_FORM,
    USER_ID,
    contact,
  );
  await sql(
    `INSERT INTO contact_notes (tenant_id, note_id, contact_id, text, made_by) VALUES ($1, $2, $3, $4, 'key:1')`,
    newId(at),
    contact,
    `${NAME} likes red`,
  );
  for (const line of [OTHER_FORM, USER_ID]) {
    await sql(
      `INSERT INTO consent_records (tenant_id, line, record_id, purpose, state, at, source, wording, proof, recorded_at)
               VALUES ($1, $2, $3, 'marketing', 'withdrawn', $4, 'message', 'STOP', $5, $4)`,
      line,
      record,
      at,
      { from: NUMBER },
    );
    await sql(
      `INSERT INTO consent_states (tenant_id, line, purpose, state, at, source, record_id)
               VALUES ($1, $2, 'marketing', 'withdrawn', $3, 'message', $4)`,
      line,
      at,
      record,
    );
  }
  for (const [id, recipient, text] of [
    [message, NUMBER, `Hola ${NAME}`],
    [aside, SOMEBODY, `call ${NUMBER}`],
  ] as const) {
    await sql(
      `INSERT INTO messages (tenant_id, message_id, phone_number_id, recipient, type, category, payload, client_data,
                 lane, in_window, status, status_at, not_before, expires_at, meta_message_id, meta_error)
               VALUES ($1, $2, $3, $4, 'text', 'SERVICE', $5, $4, 1, true, 'delivered', $6, $6, $6, $7, NULL)`,
      id,
      phoneNumberId,
      recipient,
      { text: { body: text } },
      at,
      wamid(recipient),
    );
  }
  await sql(
    `INSERT INTO message_events (tenant_id, message_id, kind, at, source, detail)
             VALUES ($1, $2, 'sent', $3, 'meta', $4)`,
    message,
    at,
    { recipient_id: NUMBER },
  );
  await sql(
    `INSERT INTO usage_facts (tenant_id, message_id, phone_number_id, waba_id, recipient, type, in_window, sent_at,
               delivered_at, status) VALUES ($1, $2, $3, $4, $5, 'text', true, $6, $6, 'rated')`,
    message,
    phoneNumberId,
    wabaId,
    NUMBER,
    at,
  );
  await sql(
    `INSERT INTO idempotency_keys (tenant_id, key, fingerprint, answer, message_id, created_at, expires_at)
             VALUES ($1, 'order-7', '\\x00', 'sealed', $2, $3, $3)`,
    message,
    at,
  );
  const { mediaId } = await media.save(
    tenantId,
    { phoneNumberId, mimeType: 'text/plain', fileName: `${NUMBER}.txt` },
    await media.receive(Readable.from([Buffer.from(`a letter of ${NAME}, ${NUMBER}`)]), 1_000),
  );
  for (const [customer, name, payload] of [
    [NUMBER, NAME, { from: NUMBER, type: 'document', document: { id: mediaId } }],
    [SOMEBODY, 'Beto', { from: SOMEBODY, type: 'text', text: { body: `ask ${NUMBER}` } }],
  ] as const) {
    await sql(
      `INSERT INTO inbound_messages (tenant_id, inbound_id, phone_number_id, meta_message_id, customer, customer_name,
                 user_id, type, payload, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      newId(at),
      phoneNumberId,
      wamid(customer),
      customer,
      name,
      customer === NUMBER ? USER_ID : null,
      payload.type,
      payload,
      at,
    );
  }
  const conversation = newId(at);
  await sql(
    `INSERT INTO inbox_conversations (tenant_id, conversation_id, contact_id, phone_number_id, customer, owner_kind, labels,
               last_line_id, updated_at) VALUES ($1, $2, $3, $4, $5, 'nobody', $6, $2, $7)`,
    conversation,
    contact,
    phoneNumberId,
    NUMBER,
    [NAME],
    at,
  );
  await sql(
    `INSERT INTO inbox_entries (tenant_id, entry_id, conversation_id, kind, body, made_by)
             VALUES ($1, $2, $3, 'note', $4, 'user:1')`,
    newId(at),
    conversation,
    { text: `${NAME} called` },
  );
  const campaign = newId(at);
  await sql(
    `INSERT INTO campaigns (tenant_id, campaign_id, waba_id, name, state, plan, audience, created_at, updated_at)
             VALUES ($1, $2, $3, 'Sale', 'sent', '{}', '{}', $4, $4)`,
    campaign,
    wabaId,
    at,
  );
  await sql(
    `INSERT INTO campaign_recipients (tenant_id, campaign_id, line, customer, contact_id, attributes, state, message_id)
             VALUES ($1, $2, $3, $4, $5, $6, 'accepted', $7)`,
    campaign,
    OTHER_FORM,
    NUMBER,
    contact,
    { name: NAME },
    message,
  );
  await sql('INSERT INTO service_windows VALUES ($1, $2, $3, $4)', phoneNumberId, NUMBER, at);
  const status = { statuses: [{ id: wamid(NUMBER), recipient_id: NUMBER }], contacts: [{ profile: { name: NAME } }] };
  await sql(
    `INSERT INTO meta_events (tenant_id, event_id, route, field, body, status)
             VALUES ($1, $2, $3, 'messages', $4, 'done')`,
    newId(at),
    `phone_number:${metaPhoneNumberId}`,
    status,
  );
  await sql(
    `INSERT INTO tenant_events (tenant_id, event_id, kind, phone_number_id, customer, body)
             VALUES ($1, $2, 'status', $3, $4, $5)`,
    event,
    phoneNumberId,
    NUMBER,
    JSON.stringify(status),
  );
  await sql(
    `INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id, customer, status, due_at, last_error)
             VALUES ($1, $2, $3, $4, 'dead', $5, $6)`,
    endpoint,
    event,
    NUMBER,
    at,
    `no room for ${NUMBER}`,
  );
  return message;
}
