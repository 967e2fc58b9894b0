import { existsSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';

// Lets a test start a process from our sources as they are: `node --conditions=source --import test/support/typescript-hooks.mjs`.
// Tests under Jest do not read dist/, which may be older than what they test. Node runs this file twice: to be imported, and
// in the thread of the hooks, where nothing is registered again.
if (!new URL(import.meta.url).searchParams.has('hooks')) register(`${import.meta.url}?hooks`);

const toSource = (url) => url.replace(/\.js$/, '.ts');

export function resolve(specifier, context, next) {
  const { href } = specifier.startsWith('.') ? new URL(specifier, context.parentURL) : { href: '' };
  const isOurs = href.endsWith('.js') && !href.includes('/node_modules/') && existsSync(fileURLToPath(toSource(href)));
  return isOurs ? { url: toSource(href), shortCircuit: true } : next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const { code } = await transformFile(fileURLToPath(url), { sourceMaps: 'inline' });
  return { format: 'module', source: code, shortCircuit: true };
}
