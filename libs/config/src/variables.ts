import { carriesWhiteText } from './contrast.js';

/** How one environment variable is read: the text, what it becomes, and what an operator must know about it. */
export interface Variable<T> {
  readonly describe: string;
  readonly example: string;
  /** Absent: the variable must be set by every process that asks for it. */
  readonly fallback?: string;
  readonly secret?: boolean;
  /** Throws an Error whose message says what is wanted; it never contains the value. */
  readonly parse: (text: string) => T;
}

const text = (t: string) => t;
const wanted = (what: string) => {
  throw new Error(what);
};
const integer = (min: number, max: number) => (t: string) =>
  /^\d+$/.test(t) && Number(t) >= min && Number(t) <= max ? Number(t) : wanted(`a whole number from ${min} to ${max}`);
const url =
  (...protocols: string[]) =>
  (t: string) => {
    const parsed = URL.canParse(t) ? new URL(t) : undefined;
    return parsed && protocols.includes(parsed.protocol)
      ? t.replace(/\/+$/, '')
      : wanted(`a URL that begins with ${protocols.map((p) => `${p}//`).join(' or ')}`);
  };
const oneOf =
  <T extends string>(...options: T[]) =>
  (t: string): T =>
    options.find((o) => o === t) ?? wanted(`one of ${options.join(', ')}`);
const optional =
  <T>(parse: (t: string) => T) =>
  (t: string): T | '' =>
    t === '' ? '' : parse(t);
const list = (t: string) =>
  t
    .split(',')
    .map((s) => s.trim())
    .filter(Boolean);
const atLeast = (length: number) => (t: string) => (t.length >= length ? t : wanted(`at least ${length} characters`));
const nonEmptyList = (t: string) => {
  const items = list(t);
  return items.length > 0 ? items : wanted('one or more values, separated by commas');
};

const seedTiers = (t: string): ReadonlyMap<string, string> =>
  new Map(
    list(t).map((item) => {
      const [, number, tier] = /^(\d+)=(unassigned|tier[1-4])$/.exec(item) ?? [];
      return number && tier
        ? [number, tier]
        : wanted("Meta's ids of numbers with tiers, such as 106540352242922=tier2");
    }),
  );

/** Amounts by currency; `*` stands for all currencies that are not named. */
const amounts = (t: string): ReadonlyMap<string, string> =>
  new Map(
    list(t).map((item) => {
      const [, currency, amount] = /^([A-Z]{3}|\*)=(\d{1,12}(?:\.\d{1,6})?)$/.exec(item) ?? [];
      return currency && amount ? [currency, amount] : wanted('amounts by currency, such as USD=500,*=200');
    }),
  );

export type EncryptionKey = { id: string; key: Buffer };
const encryptionKeys = (t: string): EncryptionKey[] =>
  nonEmptyList(t).map((item) => {
    const [id, encoded] = item.split(':');
    const key = Buffer.from(encoded ?? '', 'base64');
    return id && /^[a-z0-9-]{1,32}$/i.test(id) && key.length === 32
      ? { id, key }
      : wanted('keyid:base64 of 32 bytes, separated by commas; the first one encrypts, all of them decrypt');
  });

const variable = <T>(v: Variable<T>) => v;

/**
 * Every environment variable of the product, with its default where it has one. `.env.example` is made from this
 * table (a test holds them against each other), and nothing else in the product reads the environment.
 */
export const VARIABLES = {
  HOST: variable({
    describe: 'Address the HTTP process listens on',
    example: '0.0.0.0',
    fallback: '127.0.0.1',
    parse: text,
  }),
  PORT: variable({
    describe: 'Port the HTTP process listens on',
    example: '4000',
    fallback: '0',
    parse: integer(0, 65535),
  }),
  PUBLIC_URL: variable({
    describe: 'Where clients reach this app; paging and media URLs are built on it',
    example: 'https://gateway.example.com',
    parse: url('http:', 'https:'),
  }),
  LOG_LEVEL: variable({
    describe: 'Lowest level that is logged',
    example: 'info',
    fallback: 'info',
    parse: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
  }),
  DATABASE_URL: variable({
    describe:
      'PostgreSQL 15 or later, as a role that is a member of paloma_tenant and cannot bypass row-level security',
    example: 'postgres://paloma_app:secret@127.0.0.1:5432/paloma',
    secret: true,
    parse: url('postgres:', 'postgresql:'),
  }),
  STAFF_DATABASE_URL: variable({
    describe: 'The same database as a member of paloma_staff (reads across tenants); only the admin app uses it',
    example: 'postgres://paloma_admin:secret@127.0.0.1:5432/paloma',
    secret: true,
    parse: url('postgres:', 'postgresql:'),
  }),
  MIGRATE_DATABASE_URL: variable({
    describe: 'The same database as a role that may create roles and tables; only `npm run migrate` uses it',
    example: 'postgres://postgres:secret@127.0.0.1:5432/paloma',
    secret: true,
    parse: url('postgres:', 'postgresql:'),
  }),
  DATABASE_POOL_SIZE: variable({
    describe: 'Connections to PostgreSQL per process',
    example: '10',
    fallback: '10',
    parse: integer(1, 200),
  }),
  REDIS_URL: variable({
    describe: 'Redis or Valkey for queues and quotas; it may be lost without losing a message',
    example: 'redis://127.0.0.1:6379',
    secret: true,
    parse: url('redis:', 'rediss:'),
  }),
  REDIS_PREFIX: variable({
    describe: 'Prefix of every Redis key, so that installations can share one server',
    example: 'paloma',
    fallback: 'paloma',
    parse: text,
  }),
  META_GRAPH_URL: variable({
    describe: 'Base of the Graph API',
    example: 'https://graph.facebook.com',
    fallback: 'https://graph.facebook.com',
    parse: url('http:', 'https:'),
  }),
  META_GRAPH_VERSION: variable({
    describe: 'Graph API version that we call',
    example: 'v24.0',
    fallback: 'v24.0',
    parse: (t: string) => (/^v\d+\.\d+$/.test(t) ? t : wanted('a version such as v24.0')),
  }),
  META_HIGH_THROUGHPUT: variable({
    describe: 'Messages a second of a number that Meta has upgraded; 1000 as of 2025-11-21, less to stay below it',
    example: '1000',
    fallback: '1000',
    parse: integer(1, 1_000_000),
  }),
  META_SEED_TIERS: variable({
    describe:
      "Numbers (Meta's id) that keep a limit of their own from the seed era: unassigned (50 customers a day), tier1 (1,000) " +
      'to tier4 (no limit); separated by commas',
    example: '106540352242922=tier2',
    fallback: '',
    parse: seedTiers,
  }),
  META_APP_ID: variable({ describe: "The provider's Meta app", example: '1234567890', parse: text }),
  META_APP_SECRETS: variable({
    describe: 'App secrets, the current one first; webhooks signed with any of them are accepted (rotation)',
    example: '0123456789abcdef0123456789abcdef',
    secret: true,
    parse: nonEmptyList,
  }),
  META_VERIFY_TOKEN: variable({
    describe: "Token of Meta's webhook verification handshake",
    example: 'change-me-to-something-long',
    secret: true,
    parse: atLeast(8),
  }),
  META_SDK_URL: variable({
    describe: "Address of Meta's JavaScript SDK for the signup page",
    example: 'https://connect.facebook.net/en_US/sdk.js',
    fallback: 'https://connect.facebook.net/en_US/sdk.js',
    parse: url('http:', 'https:'),
  }),
  META_SIGNUP_CONFIG_ID: variable({
    describe: 'Login configuration of Embedded Signup (Meta App Dashboard)',
    example: '987654321',
    parse: text,
  }),
  GATEWAY_PUBLIC_URL: variable({
    describe: "Where Meta reaches the gateway's webhook intake, and merchants the gateway",
    example: 'https://gateway.example.com',
    parse: url('http:', 'https:'),
  }),
  ENGAGEMENT_PUBLIC_URL: variable({
    describe:
      'Where customers reach the engagement app; counted links of campaigns lead there, so a short host is welcome',
    example: 'https://go.example.com',
    parse: url('http:', 'https:'),
  }),
  META_SYSTEM_USER_TOKEN: variable({
    describe:
      "Token of the provider's system user, for what no business token does: credit lines, accounts of applications and their messages; empty for a tech provider",
    example: 'EAAB...',
    fallback: '',
    secret: true,
    parse: text,
  }),
  META_SYSTEM_USER_ID: variable({
    describe: 'Id of that system user; it is assigned to a WABA before credit is shared with it',
    example: '1111111111',
    fallback: '',
    parse: text,
  }),
  META_BUSINESS_ID: variable({
    describe: "The provider's own business portfolio, in which accounts of classic applications are made",
    example: '2222222222',
    fallback: '',
    parse: text,
  }),
  META_CREDIT_LINE_ID: variable({
    describe:
      'Extended credit line of a solution partner; empty for a tech provider, whose customers pay Meta themselves',
    example: '3333333333',
    fallback: '',
    parse: text,
  }),
  PROVIDER_NAME: variable({
    describe: 'What merchants know the provider as, on pages and in letters',
    example: 'Paloma',
    fallback: 'Paloma',
    parse: text,
  }),
  PROVIDER_LOGO_URL: variable({
    describe: 'Logo on hosted pages (https, or a data: URL); empty for the name alone',
    example: 'https://cdn.example.com/logo.svg',
    fallback: '',
    parse: optional(url('http:', 'https:', 'data:')),
  }),
  PROVIDER_COLOR: variable({
    describe: 'Colour of buttons and links on hosted pages; white text must be readable on it',
    example: '#0b6b4f',
    fallback: '#0b6b4f',
    parse: (t: string) =>
      carriesWhiteText(t) ? t : wanted('a colour such as #0b6b4f, dark enough for white text (a contrast of 4.5 to 1)'),
  }),
  SUPPORT_EMAIL: variable({
    describe: 'Where merchants reach the support, named on hosted pages; empty for none',
    example: 'support@example.com',
    fallback: '',
    parse: text,
  }),
  SMTP_URL: variable({
    describe:
      'Mail server, such as smtps://user:password@mail.example.com; empty to write letters into a folder (development)',
    example: 'smtps://user:password@mail.example.com',
    fallback: '',
    secret: true,
    parse: optional(url('smtp:', 'smtps:')),
  }),
  MAIL_FROM: variable({
    describe: 'Sender of letters',
    example: 'noreply@example.com',
    fallback: 'noreply@localhost',
    parse: (t: string) => (/^[^\s@]+@[^\s@]+$/.test(t) ? t : wanted('an e-mail address')),
  }),
  MAIL_OUTBOX_FOLDER: variable({
    describe: 'Where letters are written when SMTP_URL is empty',
    example: '.paloma/mail',
    fallback: '.paloma/mail',
    parse: text,
  }),
  ALERT_WEBHOOK_URL: variable({
    describe: "Where alerts for the provider's staff are posted, signed as Standard Webhooks says; empty for nowhere",
    example: 'https://pager.example.com/paloma',
    fallback: '',
    parse: optional(url('http:', 'https:')),
  }),
  ALERT_WEBHOOK_SECRET: variable({
    describe: 'Signs those posts: whsec_ and base64 of at least 24 bytes; empty for no signature',
    example: 'whsec_YW4gZXhhbXBsZSBvZiAzMiBieXRlcywgbm90IHNlY3JldA==',
    fallback: '',
    secret: true,
    parse: (t: string) =>
      /^(whsec_[A-Za-z0-9+/]{32,}={0,2})?$/.test(t) ? t : wanted('whsec_ and base64 of 24 bytes or more'),
  }),
  ALERT_EMAILS: variable({
    describe: 'Mailboxes that alerts are sent to through SMTP_URL, separated by commas; empty for none',
    example: 'night@example.com,ops@example.com',
    fallback: '',
    parse: list,
  }),
  TRUSTED_PROXIES: variable({
    describe:
      'Networks (CIDR) of reverse proxies whose X-Forwarded-For is believed; empty when clients connect directly',
    example: '10.0.0.0/8',
    fallback: '',
    parse: list,
  }),
  ONBOARDING_PUBLIC_URL: variable({
    describe: 'Where merchants reach the onboarding app; setup links that staff make lead there',
    example: 'https://onboarding.example.com',
    fallback: 'http://127.0.0.1:4001',
    parse: url('http:', 'https:'),
  }),
  GATEWAY_URL: variable({
    describe: 'Where our other apps reach the gateway, to send in the name of tenants; may be an inner address',
    example: 'http://gateway:4000',
    fallback: 'http://127.0.0.1:4000',
    parse: url('http:', 'https:'),
  }),
  BILLING_URL: variable({
    describe: 'Where our other apps reach billing, to ask for prices in the name of tenants; may be an inner address',
    example: 'http://billing:4002',
    fallback: 'http://127.0.0.1:4002',
    parse: url('http:', 'https:'),
  }),
  ENCRYPTION_KEYS: variable({
    describe: 'Keys that encrypt stored secrets (keyid:base64 of 32 bytes); the first encrypts, all decrypt (rotation)',
    example: 'k1:YW4gZXhhbXBsZSwgMzIgYnl0ZXMsIG5vdCBzZWNyZXQ=',
    secret: true,
    parse: encryptionKeys,
  }),
  TENANT_JWT_SECRET: variable({
    describe: "Signs the merchants' session tokens",
    example: 'at-least-thirty-two-characters-of-noise',
    secret: true,
    parse: atLeast(32),
  }),
  STAFF_JWT_SECRET: variable({
    describe: "Signs the staff's session tokens",
    example: 'another-thirty-two-characters-of-noise',
    secret: true,
    parse: atLeast(32),
  }),
  STAFF_TOTP: variable({
    describe:
      'Whether staff who sign in with a password need a second factor: required, or optional (development: those who ' +
      'have one are asked for it)',
    example: 'required',
    fallback: 'required',
    parse: oneOf('required', 'optional'),
  }),
  STAFF_OIDC_ISSUER: variable({
    describe: "The provider's own identity provider (OpenID Connect), with which staff may sign in; empty for none",
    example: 'https://login.example.com',
    fallback: '',
    parse: optional(url('http:', 'https:')),
  }),
  STAFF_OIDC_CLIENT_ID: variable({
    describe: 'What the admin app is called at the identity provider',
    example: 'paloma-admin',
    fallback: '',
    parse: text,
  }),
  STAFF_OIDC_CLIENT_SECRET: variable({
    describe: 'Its secret there; empty for a public client, whom PKCE protects',
    example: 'secret',
    fallback: '',
    secret: true,
    parse: text,
  }),
  STAFF_OIDC_REDIRECT_URL: variable({
    describe: "Where it sends browsers back: the admin app's /admin/v1/oidc/callback, as browsers reach it",
    example: 'https://admin.example.com/admin/v1/oidc/callback',
    fallback: '',
    parse: optional(url('http:', 'https:')),
  }),
  STRIPE_SECRET_KEY: variable({
    describe:
      'Key of the Stripe account that takes top-ups of wallets (a restricted one writes Checkout Sessions and reads Charges); empty: bank transfers only',
    example: 'sk_live_example',
    fallback: '',
    secret: true,
    parse: text,
  }),
  STRIPE_WEBHOOK_SECRETS: variable({
    describe:
      "Signing secrets of Stripe's webhook to /payments/stripe/webhooks (checkout.session.*, charge.refunded, charge.dispute.*); any of them is accepted (rotation)",
    example: 'whsec_example',
    fallback: '',
    secret: true,
    parse: list,
  }),
  STRIPE_URL: variable({
    describe: "Stripe's API",
    example: 'https://api.stripe.com',
    fallback: 'https://api.stripe.com',
    parse: url('http:', 'https:'),
  }),
  ADJUSTMENT_LIMITS: variable({
    describe:
      'The largest transfer, correction, credit note or true-up that one member of staff books alone, by currency; * stands for ' +
      'currencies that are not named. What is larger waits for a second one. Empty: no limit',
    example: 'USD=500,EUR=500,*=200',
    fallback: '',
    parse: amounts,
  }),
  WEBHOOK_ALLOWED_NETWORKS: variable({
    describe: "Networks (CIDR) that tenants' webhook URLs may reach although they are private; empty in production",
    example: '127.0.0.0/8',
    fallback: '',
    parse: list,
  }),
  ON_PREMISES_ALLOWED_NETWORKS: variable({
    describe:
      "Networks (CIDR) in which tenants' On-Premises clients may be although they are private, and reached without TLS; " +
      'empty: public addresses and https only',
    example: '10.20.0.0/16',
    fallback: '',
    parse: list,
  }),
  RETENTION_DAYS: variable({
    describe:
      'How long raw webhooks of Meta, and events and posts told to tenants, are kept; they go month by month when all of ' +
      'it is older',
    example: '30',
    fallback: '30',
    parse: integer(7, 3650),
  }),
  CLOSING_GRACE_DAYS: variable({
    describe:
      'How long an account that staff close can still be read, taken along and reopened, before everything of it is erased',
    example: '30',
    fallback: '30',
    parse: integer(1, 365),
  }),
  MEDIA_STORE: variable({
    describe: 'Where files of tenants are kept: folder (one machine, or a disk that all share) or s3',
    example: 'folder',
    fallback: 'folder',
    parse: oneOf('folder', 's3'),
  }),
  MEDIA_FOLDER: variable({
    describe: 'The folder of MEDIA_STORE=folder; the same one for every process of the gateway',
    example: '/var/lib/paloma/media',
    fallback: '.paloma/media',
    parse: text,
  }),
  MEDIA_S3_BUCKET: variable({
    describe: 'The bucket of MEDIA_STORE=s3',
    example: 'paloma-media',
    parse: text,
  }),
  MEDIA_S3_REGION: variable({
    describe: 'Region of the bucket',
    example: 'eu-central-1',
    fallback: 'us-east-1',
    parse: text,
  }),
  MEDIA_S3_ENDPOINT: variable({
    describe: "Address of another maker's S3; empty for Amazon's",
    example: 'https://s3.example.com',
    fallback: '',
    parse: optional(url('http:', 'https:')),
  }),
  MEDIA_S3_ACCESS_KEY_ID: variable({
    describe: 'Access key of the bucket; empty to take what the machine has (instance role, profile)',
    example: 'AKIAEXAMPLE',
    fallback: '',
    parse: text,
  }),
  MEDIA_S3_SECRET_ACCESS_KEY: variable({
    describe: 'Secret of the access key',
    example: 'secret',
    fallback: '',
    secret: true,
    parse: text,
  }),
  PALOMA_CLOCK: variable({
    describe: 'system, or sandbox to follow the clock of the sandbox (development and tests)',
    example: 'system',
    fallback: 'system',
    parse: oneOf('system', 'sandbox'),
  }),
  SANDBOX_URL: variable({
    describe: 'The sandbox whose clock is followed when PALOMA_CLOCK=sandbox',
    example: 'http://127.0.0.1:4010',
    fallback: 'http://127.0.0.1:4010',
    parse: url('http:', 'https:'),
  }),
};

export type VariableName = keyof typeof VARIABLES;
export type ValueOf<N extends VariableName> = (typeof VARIABLES)[N] extends Variable<infer T> ? T : never;
