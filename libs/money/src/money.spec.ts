import fc from 'fast-check';
import {
  addMoney,
  CurrencyMismatch,
  compare,
  compareMoney,
  decimalOf,
  formatAmount,
  formatDecimal,
  formatMicros,
  microsToDecimal,
  money,
  multiply,
  NotADecimal,
  parseDecimal,
  parseMicros,
  percentOf,
  plusPercent,
  roundHalfUp,
  subtract,
  times,
  timesMicros,
  trim,
} from './index.js';

const d = parseDecimal;

describe('a decimal is read only where nothing can have been lost before', () => {
  it.each([0.1, 20, null, undefined, '', '.5', '5.', '1e3', '1E-3', '+1', ' 1', '1 ', '1,5', '0x10', 'NaN', '--1'])(
    'refuses %p',
    (given) => {
      expect(() => d(given)).toThrow(NotADecimal);
    },
  );

  it.each(['0', '20', '0.0625', '-3.10', '00.5', '123456789012345678901234567890.12345678901234567890'])(
    'reads %s and can say it again',
    (text) => {
      expect(compare(d(formatDecimal(d(text))), d(text))).toBe(0);
    },
  );

  it('treats 0.10 and 0.1 as one amount', () => {
    expect(compare(d('0.10'), d('0.1'))).toBe(0);
    expect(formatDecimal(trim(d('0.10')))).toBe('0.1');
    expect(formatDecimal(trim(d('9.00')))).toBe('9');
    expect(formatDecimal(trim(d('100')))).toBe('100');
  });
});

describe('a price with a markup stays exact until it is rounded on purpose', () => {
  it('raises 0.0618 by 20 % to 0.07416, 125 of which are 9.27', () => {
    const unit = plusPercent(d('0.0618'), d('20'));
    expect(formatDecimal(trim(unit))).toBe('0.07416');
    expect(formatDecimal(roundHalfUp(times(unit, 125), 2))).toBe('9.27');
  });

  it('keeps a product longer than any fixed precision', () => {
    expect(formatDecimal(multiply(d('0.12345678901234567891'), d('1.00000000000000000001')))).toBe(
      '0.1234567890123456789112345678901234567891',
    );
  });

  it.each([
    ['0.125', 2, '0.13'],
    ['0.1249999999999999999999', 2, '0.12'],
    ['-0.125', 2, '-0.13'],
    ['2.5', 0, '3'],
    ['0.5', 0, '1'],
    ['0.49', 0, '0'],
    ['5.7171', 2, '5.72'],
    ['30', 2, '30.00'],
    ['1.005', 2, '1.01'],
  ])('rounds %s to %i places as %s', (given, places, wanted) => {
    expect(formatDecimal(roundHalfUp(d(given), places))).toBe(wanted);
  });

  it('refuses a count that a Number cannot hold', () => {
    expect(() => decimalOf(2 ** 53)).toThrow(NotADecimal);
    expect(() => times(d('1'), 1.5)).toThrow(NotADecimal);
    expect(() => roundHalfUp(d('1'), -1)).toThrow(RangeError);
  });
});

describe('currencies never mix', () => {
  it('refuses to add or compare dollars and euros', () => {
    expect(() => addMoney(money('1', 'USD'), money('1', 'EUR'))).toThrow(CurrencyMismatch);
    expect(() => compareMoney(money('1', 'USD'), money('1', 'EUR'))).toThrow(CurrencyMismatch);
    expect(formatAmount(addMoney(money('0.0625', 'USD'), money('0.1', 'USD')))).toBe('0.1625');
    expect(() => money('1', 'usd')).toThrow(RangeError);
  });
});

describe('micro-units', () => {
  it.each([
    ['0.0625', 62_500],
    ['0', 0],
    ['20', 20_000_000],
    ['0.000001', 1],
    ['0.0000010', 1],
    ['-1.5', -1_500_000],
  ])('hold %s as %i', (text, micros) => {
    expect(parseMicros(text)).toBe(micros);
    expect(compare(microsToDecimal(micros), d(text))).toBe(0);
  });

  it('refuse what they cannot hold', () => {
    expect(() => parseMicros('0.0000001')).toThrow(RangeError);
    expect(() => parseMicros('9007199254740992')).toThrow(RangeError);
    expect(() => timesMicros(62_500, 2 ** 50)).toThrow(RangeError);
    expect(() => parseMicros(0.1)).toThrow(NotADecimal);
  });

  it('print as Meta prints, and further only where needed', () => {
    expect(formatMicros(30_000)).toBe('0.0300');
    expect(formatMicros(74_160)).toBe('0.07416');
    expect(formatMicros(-1_500_000, 2)).toBe('-1.50');
    expect(formatMicros(2_000_000, 0)).toBe('2');
  });
});

describe('laws', () => {
  const decimal = fc
    .record({ units: fc.bigInt(-(10n ** 30n), 10n ** 30n), scale: fc.integer({ min: 0, max: 24 }) })
    .map((r) => ({ units: r.units, scale: r.scale }));

  it('printing and reading give the same amount', () => {
    fc.assert(fc.property(decimal, (x) => compare(parseDecimal(formatDecimal(x)), x) === 0));
  });
  it('rounding moves by at most half a unit of the last place, and rounding twice is rounding once', () => {
    fc.assert(
      fc.property(decimal, fc.integer({ min: 0, max: 24 }), (x, places) => {
        const rounded = roundHalfUp(x, places);
        const gap = subtract(rounded, x);
        const size = { units: gap.units < 0n ? -gap.units : gap.units, scale: gap.scale };
        expect(compare(times(size, 2), { units: 1n, scale: places })).not.toBe(1);
        expect(roundHalfUp(rounded, places)).toEqual(rounded);
      }),
    );
  });
  it('a percentage of a sum is the sum of the percentages', () => {
    fc.assert(
      fc.property(decimal, decimal, decimal, (a, b, pct) => {
        const whole = percentOf(subtract(a, b), pct);
        expect(compare(whole, subtract(percentOf(a, pct), percentOf(b, pct)))).toBe(0);
      }),
    );
  });
});
