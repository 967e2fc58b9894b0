import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Merchant } from './merchant.js';

/**
 * The merchants that an earlier stack of this folder made. Their API keys stand nowhere else, so until the new stack is
 * ready the old stack.json is kept under another name, for a stack.json is a promise that the stack runs.
 *
 * @returns none in a new folder
 */
export function keptMerchants(folder: string): Merchant[] {
  const [file, before] = [join(folder, 'stack.json'), join(folder, 'stack.before.json')];
  if (existsSync(file)) renameSync(file, before);
  return existsSync(before) ? (JSON.parse(readFileSync(before, 'utf8')) as { tenants: Merchant[] }).tenants : [];
}
