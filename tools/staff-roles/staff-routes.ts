import { type Permission, STAFF_PERMISSIONS, STAFF_ROLES, type StaffRole } from '#libs/staff';

/** A route of the staff API as an app's own document tells of it. */
export interface StaffRoute {
  app: string;
  /** Such as `POST /admin/v1/tenants/{id}/suspend`. */
  route: string;
  need: Permission | 'public';
}

interface ApiDocument {
  paths: Record<string, Record<string, { 'x-permission'?: string }>>;
}

/** Every staff route of an app, sorted. @throws Error for one whose document does not say what it needs */
export function staffRoutesOf(app: string, document: ApiDocument): StaffRoute[] {
  return Object.entries(document.paths)
    .filter(([path]) => path.startsWith('/admin/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => {
        const need = operation['x-permission'];
        if (need !== 'public' && !(need && need in STAFF_PERMISSIONS)) {
          throw new Error(`${app}: ${method.toUpperCase()} ${path} names no permission`);
        }
        return { app, route: `${method.toUpperCase()} ${path}`, need: need as StaffRoute['need'] };
      }),
    )
    .sort((a, b) => `${a.route.split(' ')[1]} ${a.route}`.localeCompare(`${b.route.split(' ')[1]} ${b.route}`));
}

const rolesOf = (need: StaffRoute['need']): readonly StaffRole[] =>
  need === 'public' ? STAFF_ROLES : STAFF_PERMISSIONS[need].roles;
const marks = (need: StaffRoute['need']) =>
  STAFF_ROLES.map((role) => (rolesOf(need).includes(role) ? 'yes' : '–')).join(' | ');

/** docs/api/staff-roles.md: who may do what, by permission and by route. */
export function staffRolesPage(routes: readonly StaffRoute[]): string {
  const roles = STAFF_ROLES.join(' | ');
  const line = STAFF_ROLES.map(() => '---').join(' | ');
  return [
    '# Staff: who may do what',
    '',
    'Made by `npm run staff:roles` from the table in `libs/staff` and from the API documents of all apps; a test calls every',
    'route as every role and holds the answers against this page. Whoever is not signed in, or has no second factor where',
    'one is required, is refused everywhere but on public routes.',
    '',
    '## Permissions',
    '',
    `| permission | allows to | ${roles} |`,
    `| --- | --- | ${line} |`,
    ...(Object.keys(STAFF_PERMISSIONS) as Permission[]).map(
      (permission) => `| \`${permission}\` | ${STAFF_PERMISSIONS[permission].means} | ${marks(permission)} |`,
    ),
    '',
    '## Routes',
    '',
    `| app | route | needs | ${roles} |`,
    `| --- | --- | --- | ${line} |`,
    ...routes.map(({ app, route, need }) => `| ${app} | \`${route}\` | \`${need}\` | ${marks(need)} |`),
    '',
  ].join('\n');
}

/** The rows of the page's second table: which roles a route is promised to. */
export function promisedRoles(page: string): ReadonlyMap<string, readonly StaffRole[]> {
  const rows = page.split('\n').flatMap((text) => {
    const cells = text.split('|').map((cell) => cell.trim());
    const route = /^`([A-Z]+ \/admin\/.*)`$/.exec(cells[2] ?? '')?.[1];
    return route ? [[`${cells[1]} ${route}`, STAFF_ROLES.filter((_, i) => cells[4 + i] === 'yes')] as const] : [];
  });
  return new Map(rows);
}
