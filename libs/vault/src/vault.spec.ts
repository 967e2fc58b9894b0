import { Vault } from './vault.js';

const key = (id: string, fill: number) => ({ id, key: Buffer.alloc(32, fill) });

describe('Vault', () => {
  it('opens what it sealed, also after the key was rotated', () => {
    const sealed = new Vault([key('k1', 1)]).seal('EAAsecret', 'waba:1');
    const rotated = new Vault([key('k2', 2), key('k1', 1)]);
    expect(rotated.open(sealed, 'waba:1')).toBe('EAAsecret');
    expect(rotated.isStale(sealed)).toBe(true);
    expect(rotated.isStale(rotated.seal('EAAsecret', 'waba:1'))).toBe(false);
  });

  it('does not open in another row, after a change, or without the key', () => {
    const vault = new Vault([key('k1', 1)]);
    const sealed = vault.seal('123456', 'pin:1');
    expect(() => vault.open(sealed, 'pin:2')).toThrow();
    expect(() => vault.open(`${sealed.slice(0, -2)}AA`, 'pin:1')).toThrow();
    expect(() => new Vault([key('k2', 1)]).open(sealed, 'pin:1')).toThrow(/not in ENCRYPTION_KEYS/);
  });
});
