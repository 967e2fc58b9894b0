import type { lookup } from 'node:dns';
import fc from 'fast-check';
import { AddressGuard, ForbiddenAddressError } from './address-guard.js';

const NAMES: Readonly<Record<string, string[]>> = {
  'public.example': ['93.184.216.34'],
  'sneaky.example': ['169.254.169.254'],
  'both.example': ['10.0.0.1', '93.184.216.34'],
  'home.example': ['127.0.0.1'],
};
const resolve = ((host: string, _: unknown, done: (e: Error | null, a?: unknown) => void) => {
  const addresses = NAMES[host];
  if (addresses)
    done(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );
  else done(new Error('ENOTFOUND'));
}) as unknown as typeof lookup;

describe('the address of a webhook', () => {
  const guard = new AddressGuard([], resolve);
  const inDevelopment = new AddressGuard(['127.0.0.0/8', '::1/128'], resolve);

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '224.0.0.1',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    'not an address',
  ])('%s is not public', (address) => {
    expect(guard.mayReach(address)).toBe(false);
  });

  it('is public elsewhere, and private where the operator allows it', () => {
    expect(['93.184.216.34', '172.32.0.1', '2606:4700::1111'].map((a) => guard.mayReach(a))).toEqual([
      true,
      true,
      true,
    ]);
    expect(inDevelopment.mayReach('127.0.0.5')).toBe(true);
    expect(inDevelopment.mayReach('10.0.0.1')).toBe(false);
  });

  it.each([
    'https://127.0.0.1/hook',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://sneaky.example/',
    'https://home.example/',
    'https://nowhere.example/',
    'http://public.example/',
    'https://user:pass@public.example/',
    'ftp://public.example/',
    'file:///etc/passwd',
    'nonsense',
  ])('%s is refused', async (url) => {
    await expect(guard.judge(url)).rejects.toThrow(ForbiddenAddressError);
  });

  it('is accepted with TLS anywhere public, and without it only where the operator allows the network', async () => {
    expect((await guard.judge('https://public.example/hook')).href).toBe('https://public.example/hook');
    expect((await inDevelopment.judge('http://home.example:4000/hook')).port).toBe('4000');
    await expect(inDevelopment.judge('http://public.example/')).rejects.toThrow(/https/);
  });

  it('is pinned: the socket gets only addresses that were judged', async () => {
    const addresses = (host: string) =>
      new Promise((done) => guard.lookup(host, { all: true }, (error, found) => done(error?.message ?? found)));
    expect(await addresses('both.example')).toEqual([{ address: '93.184.216.34', family: 4 }]);
    expect(await addresses('sneaky.example')).toMatch(/not public/);
  });

  it('within 10/8 or 192.168/16 is never reached, however it is written', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a, b] = address.split('.').map(Number);
        if (a === 10 || a === 127 || (a === 192 && b === 168)) {
          expect([address, `::ffff:${address}`].map((x) => guard.mayReach(x))).toEqual([false, false]);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
