import { http } from './app.js';
import type { RunningStack } from './stack.js';

export type TenantApp = 'gateway' | 'onboarding' | 'billing' | 'engagement';
export const TENANT_APPS: readonly TenantApp[] = ['gateway', 'onboarding', 'billing', 'engagement'];

/** A route of a tenant app, as the app's own document tells of it. */
export interface TenantRoute {
  app: TenantApp;
  method: string;
  /** Such as `/api/v1/signups/{id}`. */
  path: string;
  params: string[];
  needsBody: boolean;
}

/** Routes that anybody may call, each with its reason. */
export const PUBLIC: Readonly<Record<string, string>> = {
  'onboarding POST /api/v1/accounts': 'how one becomes a tenant',
  'onboarding POST /api/v1/sessions': 'how one signs in',
  'onboarding POST /api/v1/sessions/refresh': 'the refresh token proves who calls',
  'onboarding POST /api/v1/password/forgotten': 'who forgot the password cannot sign in',
  'onboarding POST /api/v1/password/reset': 'what the letter brought proves who calls',
  'onboarding POST /api/v1/email/confirm': 'what the letter brought proves who calls',
  'onboarding POST /api/v1/applications/start': 'how a company without an account applies',
  'onboarding POST /api/v1/setup-links/open': 'what the link holds proves who calls',
  'onboarding POST /api/v1/invitations/accept': 'what the letter brought proves who calls',
  'gateway GET /whatsapp_business/attachments':
    'a media URL carries its own short-lived signature and works without a key',
  'gateway GET /whatsapp_business/attachments/{path}': 'the same, in the form that old clients build',
  'engagement POST /webhooks/shops/{id}': "the shop's signature proves who posts",
  'gateway GET /api/v1/exports/file': 'an export link carries its own sealed ticket and works without a key',
  'gateway GET /health': "liveness, as 360dialog's clients ask for it",
};

export const nameOf = (r: TenantRoute): string => `${r.app} ${r.method} ${r.path}`;

/** Every route of the tenant apps; the staff's are not among them. */
export async function routesOf(stack: RunningStack): Promise<TenantRoute[]> {
  const all: TenantRoute[] = [];
  for (const app of TENANT_APPS) {
    const { body } = await http('GET', `${stack[app].url}/openapi.json`);
    for (const [path, methods] of Object.entries(
      body.paths as Record<string, Record<string, { requestBody?: unknown }>>,
    )) {
      if (path.startsWith('/admin/')) continue;
      for (const [method, operation] of Object.entries(methods)) {
        const params = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
        all.push({ app, method: method.toUpperCase(), path, params, needsBody: operation.requestBody !== undefined });
      }
    }
  }
  return all;
}
