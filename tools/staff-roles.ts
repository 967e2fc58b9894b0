// npm run staff:roles
// Writes docs/api/staff-roles.md from the API documents of the running stack (npm start), which .paloma/stack.json names.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type StaffRoute, staffRolesPage, staffRoutesOf } from './staff-roles/staff-routes.js';

const APPS = ['admin', 'billing', 'engagement', 'gateway', 'onboarding'] as const;

const stack = JSON.parse(await readFile(process.argv[2] ?? join('.paloma', 'stack.json'), 'utf8')) as Record<
  (typeof APPS)[number],
  { url: string }
>;
const routes: StaffRoute[] = [];
for (const app of APPS) {
  const answer = await fetch(`${stack[app].url}/openapi.json`);
  routes.push(...staffRoutesOf(app, (await answer.json()) as Parameters<typeof staffRoutesOf>[1]));
}
await writeFile(join('docs', 'api', 'staff-roles.md'), staffRolesPage(routes));
console.log(`${routes.length} routes in docs/api/staff-roles.md`);
