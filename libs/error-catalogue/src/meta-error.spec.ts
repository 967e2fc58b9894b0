import { breaksChannel, leastWaitSeconds, META_ERRORS, metaError } from './index.js';

describe('what an error of Meta tells us to do', () => {
  it.each([
    [130429, undefined, 'platform', 'backoff', 'number'],
    [131057, undefined, 'meta', 'backoff', 'number'],
    [80007, undefined, 'platform', 'backoff', 'account'],
    [131056, undefined, 'platform', 'backoff', 'pair'],
    [131049, undefined, 'meta', 'later', 'pair'],
    [131000, undefined, 'meta', 'backoff', 'message'],
    [1, undefined, 'meta', 'backoff', 'message'],
    [2, undefined, 'meta', 'backoff', 'message'],
    [190, undefined, 'platform', 'never', 'number'],
    [0, undefined, 'platform', 'never', 'number'],
    [10, undefined, 'platform', 'never', 'number'],
    [131026, undefined, 'recipient', 'never', 'message'],
    [131047, undefined, 'tenant', 'never', 'message'],
    [132015, undefined, 'tenant', 'later', 'template'],
    [131042, undefined, 'tenant', 'later', 'account'],
    [100, 2388299, 'tenant', 'never', 'message'],
    [100, 2494100, 'meta', 'backoff', 'number'],
  ] as const)('%d/%s is the fault of %s: %s, and holds for the %s', (code, subcode, fault, retry, scope) => {
    expect(metaError(code, subcode)).toMatchObject({ code, fault, retry, scope });
  });

  it('waits a day before another marketing message to someone Meta protects', () => {
    expect(leastWaitSeconds(metaError(131049), 0)).toBe(24 * 3600);
    expect(leastWaitSeconds(metaError(131049), 3)).toBe(24 * 3600);
  });

  it('waits four times longer before each repeat to the same recipient', () => {
    expect([0, 1, 2, 3].map((repeats) => leastWaitSeconds(metaError(131056), repeats))).toEqual([1, 4, 16, 64]);
    expect(leastWaitSeconds(metaError(130429), 5)).toBe(0);
  });

  it('knows every code of the permission range by its own number', () => {
    expect(metaError(200)).toMatchObject({ code: 200, title: 'API Permission', retry: 'never' });
    expect(metaError(299)).toMatchObject({ code: 299, title: 'API Permission' });
    expect(metaError(300).fault).toBe('unknown');
    expect(metaError(250)).not.toHaveProperty('upTo');
  });

  it('reads an unknown subcode as its code alone', () => {
    expect(metaError(190, 99999)).toBe(metaError(190));
  });

  it('reads a template creation error that came as a bare code', () => {
    expect(metaError(2388299)).toBe(metaError(100, 2388299));
    // 33 is also a code of its own and keeps its meaning
    expect(metaError(33).title).toBe('Parameter value is not valid');
  });

  it('blames nobody for a code it does not know, and does not repeat the call', () => {
    expect(metaError(987654, 3)).toMatchObject({ code: 987654, subcode: 3, fault: 'unknown', retry: 'never' });
  });

  it('says that a lost token breaks the channel and a closed window does not', () => {
    expect([0, 3, 10, 190, 200, 131005].every((code) => breaksChannel(metaError(code)))).toBe(true);
    expect([1, 100, 130429, 131047, 131026, 131045].filter((code) => breaksChannel(metaError(code)))).toEqual([131045]);
  });

  it('lists each code and subcode once, each with words a person can act on', () => {
    const keys = META_ERRORS.map((row) => `${row.code}/${row.subcode ?? ''}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(META_ERRORS.length).toBe(167);
    for (const row of META_ERRORS) {
      expect(row.title).not.toBe('');
      expect(row.meaning).not.toBe('');
      expect(row.advice).not.toBe('');
    }
  });
});
