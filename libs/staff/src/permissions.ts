/** The provider's people, by what they are there for. */
export const STAFF_ROLES = ['administrator', 'onboarding', 'support', 'billing', 'auditor'] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];

interface Row {
  /** What it allows, for people. */
  readonly means: string;
  readonly roles: readonly StaffRole[];
}

const EVERYBODY = STAFF_ROLES;

/**
 * Every permission and the roles that have it; each staff route of every app names one. `docs/api/staff-roles.md` is this
 * table and the routes beside it (a test holds them against each other).
 */
export const STAFF_PERMISSIONS = {
  'account.own': { means: 'look after the own account: password, second factor, sessions', roles: EVERYBODY },
  'staff.read': { means: 'see the staff, their invitations and sessions', roles: ['administrator', 'auditor'] },
  'staff.manage': { means: 'invite staff, change roles, deactivate, sign out, reset', roles: ['administrator'] },
  'tenants.read': { means: 'see tenants, their numbers, templates and limits', roles: EVERYBODY },
  'tenants.suspend': {
    means: 'switch marketing, sending or everything of a tenant off and on',
    roles: ['administrator'],
  },
  'tenants.close': {
    means: 'close a tenant, which erases it after a grace, and undo that while there is time',
    roles: ['administrator'],
  },
  'tenants.limit': {
    means: 'limit how many numbers and files a tenant may have',
    roles: ['administrator', 'billing'],
  },
  'tenants.found': { means: 'found a tenant and invite its owner', roles: ['administrator', 'onboarding'] },
  'tenants.note': {
    means: 'write notes about a tenant',
    roles: ['administrator', 'onboarding', 'support', 'billing'],
  },
  'applications.read': {
    means: 'see applications and their documents',
    roles: ['administrator', 'onboarding', 'auditor'],
  },
  'applications.decide': {
    means: 'claim, reassign, ask, approve and decline applications',
    roles: ['administrator', 'onboarding'],
  },
  'setup-links.make': {
    means: 'make a link with which a merchant connects a number',
    roles: ['administrator', 'onboarding'],
  },
  'messages.read': {
    means: 'see messages through all hands, without what they say',
    roles: ['administrator', 'support', 'billing', 'auditor'],
  },
  'messages.bodies': {
    means: 'read what a message says; each reading is in the audit log',
    roles: ['administrator'],
  },
  'privacy.read': {
    means: 'see requests to forget customers, their proof, and how long bodies are kept',
    roles: ['administrator', 'support', 'auditor'],
  },
  'privacy.act': {
    means: 'forget a customer, export what is kept of one or of a whole tenant, change how long bodies are kept',
    roles: ['administrator'],
  },
  'parked.read': { means: 'see what waits for a person', roles: ['administrator', 'support', 'billing', 'auditor'] },
  'parked.retry': {
    means: 'have parked events, posts and usage facts tried again',
    roles: ['administrator', 'support', 'billing'],
  },
  'parked.discard': { means: 'give parked messages, events and posts up', roles: ['administrator'] },
  'numbers.resync': {
    means: 'have an account compared with Meta now',
    roles: ['administrator', 'onboarding', 'support'],
  },
  'numbers.hold': {
    means: "hold a messaging limit below Meta's, or a template back, for a while",
    roles: ['administrator', 'support'],
  },
  'queues.read': {
    means: 'see what waits in queues, and how far the intake of webhooks is behind',
    roles: ['administrator', 'support', 'auditor'],
  },
  'webhooks.replay': {
    means: 'have past events posted to a tenant once more',
    roles: ['administrator', 'support'],
  },
  'support.read': {
    means: 'look into a tenant as it would, for a while and with a reason the tenant sees',
    roles: ['administrator', 'support'],
  },
  'support.more': {
    means: 'grant an access that also changes things, or reads what people wrote',
    roles: ['administrator'],
  },
  'analytics.read': {
    means: 'see traffic, delivery and failures of all tenants',
    roles: ['administrator', 'support', 'billing', 'auditor'],
  },
  'analytics.margin': {
    means: 'see what messages cost, what tenants pay and what is left',
    roles: ['administrator', 'billing', 'auditor'],
  },
  'alerts.read': { means: 'see alerts and their rules', roles: EVERYBODY },
  'alerts.acknowledge': {
    means: 'say that one looks after an alert',
    roles: ['administrator', 'onboarding', 'support', 'billing'],
  },
  'alerts.configure': { means: 'change what staff are woken for', roles: ['administrator'] },
  'secrets.read': {
    means: 'see which encryption keys are in use, by their ids',
    roles: ['administrator', 'auditor'],
  },
  'secrets.rotate': {
    means: "change the provider's app at Meta and rotate its secrets",
    roles: ['administrator'],
  },
  'settings.read': {
    means: "see the provider's settings; of secrets the fingerprints alone",
    roles: ['administrator', 'auditor'],
  },
  'settings.change': {
    means: "change the provider's name, logo and colour, letters, and what is switched on",
    roles: ['administrator'],
  },
  'audit.read': { means: 'search and export the audit log', roles: ['administrator', 'auditor'] },
  'billing.read': {
    means: 'see plans, prices, wallets, the ledger, invoices and reconciliations',
    roles: ['administrator', 'support', 'billing', 'auditor'],
  },
  'plans.write': {
    means: 'make plans, put tenants on them, correct time zones of accounts',
    roles: ['administrator', 'billing'],
  },
  'wallets.write': { means: "change a wallet's rules and enter payments", roles: ['administrator', 'billing'] },
  'invoices.issue': { means: 'issue, credit and draft invoices', roles: ['administrator', 'billing'] },
  'rates.write': { means: "propose a rate card, and approve somebody else's", roles: ['administrator', 'billing'] },
  'books.close': { means: 'close months, correct charges, enter true-ups', roles: ['administrator', 'billing'] },
  'adjustments.approve': {
    means: 'approve what somebody else adjusts above the limit, or reject it',
    roles: ['administrator', 'billing'],
  },
  'reconciliation.run': { means: "compare with Meta's figures", roles: ['administrator', 'billing'] },
} as const satisfies Record<string, Row>;

/** What a member of staff may do; each route names one. */
export type Permission = keyof typeof STAFF_PERMISSIONS;

export const isStaffRole = (text: string): text is StaffRole => STAFF_ROLES.some((role) => role === text);

/** Whether a role may do what a route needs. */
export const may = (role: StaffRole, permission: Permission): boolean =>
  (STAFF_PERMISSIONS[permission].roles as readonly StaffRole[]).includes(role);
