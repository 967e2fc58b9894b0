import { randomBytes } from 'node:crypto';
import type { World } from '../state/world.js';
import { bad, OnPremisesError } from './on-premises-error.js';

export const ADMIN = 'admin';
// A token lives 7 days (general knowledge).
const WEEK = 7 * 86_400_000;

interface User {
  password: string;
  /** As delivered: the first login has to set another password. */
  fresh: boolean;
}

/** The users of one On-Premises client and their tokens. */
export class Users {
  private readonly users = new Map<string, User>([[ADMIN, { password: 'secret', fresh: true }]]);
  private readonly tokens = new Map<string, { user: string; expiresAt: number }>();

  constructor(private readonly world: World) {}

  /** @throws OnPremisesError 1005 for wrong credentials, 1024 where a new password is due, 1009 for a bad one. */
  login(authorization: string | undefined, newPassword: unknown): { token: string; expiresAt: number } {
    const basic = /^Basic\s+(.+)$/i.exec(authorization ?? '')?.[1] ?? '';
    const [name = '', ...password] = Buffer.from(basic, 'base64').toString().split(':');
    const user = this.users.get(name);
    if (!user || user.password !== password.join(':'))
      throw new OnPremisesError(1005, 'Username/password is wrong.', 401);
    if (newPassword !== undefined) {
      user.password = goodPassword(newPassword);
      user.fresh = false;
    }
    if (user.fresh) throw new OnPremisesError(1024, 'Log in with new_password first.', 403);
    const token = randomBytes(32).toString('base64url');
    const expiresAt = this.world.now() + WEEK;
    this.tokens.set(token, { user: name, expiresAt });
    return { token, expiresAt };
  }

  logout(authorization: string | undefined): void {
    this.tokens.delete(bearer(authorization));
  }

  /** Whose token this is. @throws OnPremisesError 1005 unless it lives. */
  require(authorization: string | undefined): string {
    const session = this.tokens.get(bearer(authorization));
    if (!session || session.expiresAt <= this.world.now() || !this.users.has(session.user))
      throw new OnPremisesError(1005, 'Invalid credentials.', 401);
    return session.user;
  }

  add(name: unknown, password: unknown): void {
    if (typeof name !== 'string' || !/^[\w.-]{4,32}$/.test(name)) throw bad('username must have 4 to 32 characters');
    if (this.users.has(name)) throw new OnPremisesError(1004, `The user ${name} exists.`);
    this.users.set(name, { password: goodPassword(password), fresh: false });
  }

  setPassword(name: string, password: unknown): void {
    this.find(name).password = goodPassword(password);
  }

  remove(name: string): void {
    this.find(name);
    if (name === ADMIN) throw bad('The admin cannot be deleted.');
    this.users.delete(name);
  }

  list(): { username: string; ROLES: string }[] {
    return [...this.users.keys()].map(viewOf);
  }

  view(name: string): { username: string; ROLES: string } {
    this.find(name);
    return viewOf(name);
  }

  private find(name: string): User {
    const user = this.users.get(name);
    if (!user) throw new OnPremisesError(1006, `There is no user ${name}.`, 404);
    return user;
  }
}

const bearer = (authorization: string | undefined) => (authorization ?? '').replace(/^Bearer\s+/i, '');
const viewOf = (username: string) => ({ username, ROLES: username === ADMIN ? 'ROLE_ADMIN' : 'ROLE_USER' });

/** 8 to 64 characters with a digit, both cases and a special one (Meta, On-Premises users, stored copy). */
function goodPassword(given: unknown): string {
  const good =
    typeof given === 'string' &&
    given.length >= 8 &&
    given.length <= 64 &&
    [/\d/, /[A-Z]/, /[a-z]/, /[^A-Za-z\d]/].every((kind) => kind.test(given));
  if (!good)
    throw bad('A password has 8 to 64 characters, with a digit, upper and lower case and a special character.');
  return given;
}
