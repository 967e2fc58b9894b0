import { WhatsAppClient } from '@kapso/whatsapp-cloud-api';
import { call, type Json, until } from '../stack/api.js';
import { STAFF_EMAIL } from '../stack/demo-stack.js';
import { connectNumber, displayNumber, issueKey, openAccount, type Reach } from '../stack/merchant.js';
import type { Receiver } from './receiver.js';
import type { Storyteller } from './report.js';

const CUSTOMER = { phone: '+5215512345678', waId: '5215512345678', name: 'Ana' };
const MERCHANT = {
  name: 'Zapatería Sol',
  email: 'owner@zapateria-sol.example',
  country: 'MX',
  currency: 'USD',
  timezone: 'America/Mexico_City',
};

/** Everything goes through public HTTP APIs; the only other voice is the sandbox's, speaking for Meta and the customer. */
export async function liveTheStory(stack: Reach, receiver: Receiver, report: Storyteller): Promise<void> {
  const url = (app: string) => stack.urls[app] as string;

  report.chapter('The merchant signs up');
  const { tenantId, session } = await openAccount(stack, MERCHANT);
  report.done('Account', `${MERCHANT.name}, ${MERCHANT.email}`);
  const signup = await connectNumber(stack, session, MERCHANT);
  for (const step of signup.steps)
    report.say(`${step.state === 'done' ? '·' : ' '} ${step.title ?? step.step}: ${step.state}`);
  const apiKey = await issueKey(stack, session);
  const number = await displayNumber(stack, apiKey, signup.phoneNumberId);
  report.done('Embedded signup', `live with ${number}, ${signup.steps.length} steps`);

  const webhook = await call<{ secret: string }>('POST', `${url('gateway')}/api/v1/webhooks`, {
    token: apiKey,
    body: { url: receiver.url },
  });
  receiver.trust(webhook.secret);
  report.done('Webhook of the merchant', `${receiver.url}, signed with a secret of its own`);

  report.chapter('A utility template is submitted and approved');
  const client = new WhatsAppClient({ baseUrl: url('gateway'), accessToken: apiKey });
  await client.templates.create({
    businessAccountId: signup.wabaId,
    name: 'order_shipped',
    language: 'es_MX',
    category: 'UTILITY',
    components: [
      { type: 'BODY', text: 'Hola {{1}}, tu pedido {{2}} va en camino.', example: { bodyText: [['Ana', '1042']] } },
    ],
  } as Parameters<typeof client.templates.create>[0]);
  report.say('Submitted by @kapso/whatsapp-cloud-api, unmodified: only its baseUrl and token point at Paloma.');
  const approved = await receiver.change('the approval', (value, field) =>
    field === 'message_template_status_update' && value.event === 'APPROVED' ? value.message_template_name : undefined,
  );
  report.done(
    'Template approved',
    `${approved.found} (told to the merchant by webhook, ${signature(approved.signed)})`,
  );

  report.chapter('The first message');
  const sent = await client.messages.sendTemplate({
    phoneNumberId: signup.phoneNumberId,
    to: CUSTOMER.phone,
    template: {
      name: 'order_shipped',
      language: { code: 'es_MX' },
      components: [
        {
          type: 'body',
          parameters: [
            { type: 'text', text: CUSTOMER.name },
            { type: 'text', text: '1042' },
          ],
        },
      ],
    },
  });
  const messageRef = sent.messages[0]?.id as string;
  report.done('Template sent', `accepted as ${messageRef}`);
  for (const status of ['sent', 'delivered', 'read']) {
    const heard = await statusOf(receiver, messageRef, status);
    report.done(`Status ${status}`, `${signature(heard.signed)}${heard.pricing ? `, priced as ${heard.pricing}` : ''}`);
  }

  report.chapter('The customer replies');
  await call('POST', `${url('sandbox')}/_sandbox/inbound`, {
    body: {
      phone_number_id: signup.phoneNumberId,
      from: CUSTOMER.waId,
      message: { type: 'text', text: { body: '¡Gracias! ¿Cuándo llega?' } },
      contact: { profile: { name: CUSTOMER.name } },
    },
  });
  const reply = await receiver.change('the reply', (value) => value.messages?.[0]);
  report.done('Reply of the customer', `“${reply.found.text?.body}” (${signature(reply.signed)})`);
  const answer = await client.messages.sendText({
    phoneNumberId: signup.phoneNumberId,
    to: reply.found.from,
    body: 'Mañana antes de las 18 h.',
    contextMessageId: reply.found.id,
  });
  const answerRef = answer.messages[0]?.id as string;
  const delivered = await statusOf(receiver, answerRef, 'delivered');
  report.done('Answer inside the window', `delivered, ${delivered.pricing ?? 'no price said'}`);
  const contacts = await until('the contact', async () => {
    const { data } = await call<{ data: { name: string }[] }>('GET', `${url('engagement')}/api/v1/contacts`, {
      token: apiKey,
    });
    return data.length > 0 && data;
  });
  report.done('Contact', `${contacts[0]?.name}, kept by the engagement app`);

  report.chapter('Billing');
  const charge = await until('the charge', () => chargeOf(stack, apiKey, messageRef));
  report.done('Charge', describeCharge(charge));
  report.done(
    'Answer',
    describeCharge(await until('the charge of the answer', () => chargeOf(stack, apiKey, answerRef))),
  );
  const month = String(charge.local_day).slice(0, 7);
  const invoice = await call<{ lines: Json[]; total?: unknown }>('GET', `${url('billing')}/api/v1/invoices/${month}`, {
    token: apiKey,
  });
  for (const line of invoice.lines) report.say(`  ${describeLine(line)}`);
  const n = invoice.lines.findIndex((line) => line.category === 'utility') + 1;
  const opened = await call<{ data: Json[] }>('GET', `${url('billing')}/api/v1/invoices/${month}/lines/${n}/charges`, {
    token: apiKey,
  });
  if (!opened.data.some((c) => c.message === messageRef)) throw new Error('the invoice line does not name the message');
  report.done('Invoice line', describeLine(invoice.lines[n - 1] as Json));
  report.done('which opens into', `${opened.data.length} charge, of message ${messageRef}`);
  const ledger = await call<{ balanced: boolean; balances: Json[] }>('GET', `${url('billing')}/api/v1/ledger`, {
    token: apiKey,
  });
  if (!ledger.balanced) throw new Error(`the ledger is not balanced: ${JSON.stringify(ledger)}`);
  report.done('Ledger', `balanced, ${ledger.balances.length} accounts`);

  report.chapter('The provider’s staff look');
  const staff = await call<{ access_token: string }>('POST', `${url('admin')}/admin/v1/sessions`, {
    body: { email: STAFF_EMAIL, password: stack.secrets.staffPassword },
  });
  const page = await call<StaffPage>('GET', `${url('admin')}/admin/v1/tenants/${tenantId}`, {
    token: staff.access_token,
  });
  report.done('Tenant page', `${page.name}: ${page.numbers.length} number, ${page.templates.length} template`);
  const tier = page.numbers[0]?.tier;
  report.done('Tier headroom', `${tier?.remaining} of ${tier?.limit} customers left in this moving day`);
  const trace = await call<Json>('GET', `${url('admin')}/admin/v1/messages/${encodeURIComponent(messageRef)}`, {
    token: staff.access_token,
  });
  const [cost] = (trace.charges as Json[]).filter((c) => c.side === 'cost');
  report.done('Charge, as staff see it', `Meta’s cost ${cost?.amount} ${cost?.currency}, card of ${cost?.card_date}`);
  const events = (trace.events as { kind: string }[]).map((e) => e.kind);
  report.done('Trace of the message', events.join(' → '));
}

interface StaffPage {
  name: string;
  numbers: { tier?: { limit: unknown; used: number; remaining: unknown } }[];
  templates: unknown[];
}

const signature = (signed: boolean): string => {
  if (!signed) throw new Error('a webhook of the merchant was not signed with its secret');
  return 'signature verified';
};

async function statusOf(
  receiver: Receiver,
  ref: string,
  status: string,
): Promise<{ signed: boolean; pricing?: string }> {
  const { found, signed } = await receiver.change(`status ${status}`, (value) =>
    value.statuses?.find((s) => s.id === ref && s.status === status),
  );
  return { signed, ...(found.pricing ? { pricing: `${found.pricing.category}, ${found.pricing.type}` } : {}) };
}

async function chargeOf(stack: Reach, apiKey: string, ref: string): Promise<Json | undefined> {
  const { data } = await call<{ data: Json[] }>('GET', `${stack.urls.billing}/api/v1/charges`, { token: apiKey });
  return data.find((c) => c.message === ref);
}

const describeCharge = (c: Json): string =>
  `${c.quantity} × ${c.unit_price} = ${c.amount} ${c.currency} (${c.market ?? 'no market'}, ${c.category}, rule ${c.rule}, card of ${c.card_date ?? 'none'})`;

const describeLine = (l: Json): string =>
  `${l.market ?? '–'} ${l.category} ${l.quantity} × ${l.unit_price} = ${l.amount} ${l.currency} (${l.rule})`;
