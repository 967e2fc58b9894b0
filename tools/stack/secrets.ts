import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What an installation must keep secret, and keep: with other encryption keys its stored tokens cannot be opened. */
export interface StackSecrets {
  encryptionKey: string;
  tenantJwt: string;
  staffJwt: string;
  metaAppSecret: string;
  metaVerifyToken: string;
  staffPassword: string;
  ownerPassword: string;
  appRolePassword: string;
  staffRolePassword: string;
}

const noise = (bytes: number) => randomBytes(bytes).toString('base64url');

const fresh = (): StackSecrets => ({
  encryptionKey: randomBytes(32).toString('base64'),
  tenantJwt: noise(48),
  staffJwt: noise(48),
  metaAppSecret: randomBytes(16).toString('hex'),
  metaVerifyToken: noise(24),
  staffPassword: noise(15),
  ownerPassword: noise(15),
  appRolePassword: noise(24),
  staffRolePassword: noise(24),
});

/** The secrets of a stack; with a file they are made once and read again, without they live as long as the command. */
export function stackSecrets(file?: string): StackSecrets {
  if (!file) return fresh();
  if (existsSync(file)) return { ...fresh(), ...(JSON.parse(readFileSync(file, 'utf8')) as StackSecrets) };
  const secrets = fresh();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}
