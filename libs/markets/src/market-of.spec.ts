import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { CANADIAN_AREA_CODES } from './canadian-area-codes.js';
import { isPhone, MARKETS, marketNamed, marketOf } from './index.js';
import { MARKET_ROWS } from './market-rows.js';

// Its CommonJS build: the other one imports JSON in a way that Jest warns about.
const { parsePhoneNumberFromString } = createRequire(import.meta.url)('libphonenumber-js/max');

const SEP_2026 = '2026-09-30';
const OCT_2026 = '2026-10-01';

describe('a number is priced in the market Meta puts it in', () => {
  it.each([
    // +1: the United States and Canada, and a score of islands that are neither
    ['+14155550123', 'North America', 'US'],
    ['+14165550123', 'North America', 'CA'],
    ['+18005550123', 'North America', 'US'],
    ['+18095550123', 'Rest of Latin America', 'DO'],
    ['+18295550123', 'Rest of Latin America', 'DO'],
    ['+18495550123', 'Rest of Latin America', 'DO'],
    ['+18765550123', 'Rest of Latin America', 'JM'],
    ['+16585550123', 'Rest of Latin America', 'JM'],
    ['+17875550123', 'Rest of Latin America', 'PR'],
    ['+19395550123', 'Rest of Latin America', 'PR'],
    ['+18685550123', 'Other', 'TT'],
    ['+12425550123', 'Other', 'BS'],
    ['+16715550123', 'Other', 'GU'],
    ['+13405550123', 'Other', 'VI'],
    // +7: Russia, Kazakhstan, and ranges that belong to neither
    ['+79161234567', 'Russia', 'RU'],
    ['+73012345678', 'Russia', 'RU'],
    ['+77012345678', 'Other', 'KZ'],
    ['+76012345678', 'Other', 'KZ'],
    ['+70012345678', 'Other', undefined],
    // shared by a small neighbour
    ['+390612345678', 'Italy', 'IT'],
    ['+390669812345', 'Italy', 'VA'],
    ['+393331234567', 'Italy', 'IT'],
    ['+447400123456', 'United Kingdom', 'GB'],
    ['+447781123456', 'United Kingdom', 'GG'],
    ['+447797123456', 'United Kingdom', 'JE'],
    ['+447624123456', 'United Kingdom', 'IM'],
    ['+4779123456', 'Rest of Western Europe', 'SJ'],
    ['+4740123456', 'Rest of Western Europe', 'NO'],
    ['+35818123456', 'Rest of Western Europe', 'AX'],
    ['+212612345678', 'Rest of Africa', 'MA'],
    ['+212528812345', 'Rest of Africa', 'EH'],
    ['+61891641234', 'Rest of Asia Pacific', 'CX'],
    // extra digits of older mobile numbers
    ['+5215512345678', 'Mexico', 'MX'],
    ['+525512345678', 'Mexico', 'MX'],
    ['+5491123450001', 'Argentina', 'AR'],
    // close to a listed code, or expected elsewhere
    ['+821012345678', 'Other', 'KR'],
    ['+85361234567', 'Other', 'MO'],
    ['+85251234567', 'Hong Kong', 'HK'],
    ['+242061234567', 'Rest of Africa', 'CG'],
    ['+243812345678', 'Other', 'CD'],
    ['+3725123456', 'Other', 'EE'],
    ['+306912345678', 'Rest of Central & Eastern Europe', 'GR'],
    ['+905301234567', 'Turkey', 'TR'],
    ['+59961234567', 'Other', undefined],
    ['+59991234567', 'Other', 'CW'],
    ['+590690123456', 'Other', 'GP'],
    ['+8821612345', 'Other', undefined],
    ['+0', 'Other', undefined],
  ])('%s is %s (%s) on the last day of September 2026', (phone, market, country) => {
    expect(marketOf(phone, SEP_2026)).toEqual({ market, country });
  });

  it.each([
    ['+77012345678', OCT_2026, 'Kazakhstan'],
    ['+212612345678', OCT_2026, 'Morocco'],
    ['+8801712345678', SEP_2026, 'Rest of Asia Pacific'],
    ['+8801712345678', OCT_2026, 'Bangladesh'],
    ['+85251234567', '2026-06-30', 'Rest of Asia Pacific'],
    ['+85251234567', '2026-07-01', 'Hong Kong'],
    ['+48512345678', '2026-06-30', 'Rest of Central & Eastern Europe'],
    ['+48512345678', '2026-07-01', 'Poland'],
    ['+263712345678', '2025-09-30', 'Other'],
    ['+263712345678', '2025-10-01', 'Rest of Africa'],
    ['+5511987650001', '2022-01-31', 'Other'],
    ['+5511987650001', '2022-02-01', 'Brazil'],
  ])('%s belongs on %s to %s', (phone, day, market) => {
    expect(marketOf(phone, day)?.market).toBe(market);
  });

  it.each(['US.13491208655302741918', '5511987650001', '+', '', '+55 11 98765', '+55a', 'G1'])(
    'gives no market to %p, which is no phone number',
    (text) => {
      expect(marketOf(text, OCT_2026)).toBeUndefined();
      expect(isPhone(text)).toBe(false);
    },
  );

  it('every number has exactly one market on every day', () => {
    const anyDay = fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(fc.stringMatching(/^\+\d{1,15}$/), anyDay, (phone, date) => {
        const place = marketOf(phone, date.toISOString().slice(0, 10));
        expect(MARKETS.has(place?.market ?? '')).toBe(true);
      }),
    );
  });

  it('knows the two spellings of Rest of Central & Eastern Europe', () => {
    expect(marketNamed('Rest of Central and Eastern Europe')).toBe('Rest of Central & Eastern Europe');
    expect(marketNamed('Brazil')).toBe('Brazil');
    expect(marketNamed('Atlantis')).toBeUndefined();
  });
});

describe('the data', () => {
  it('is the list in data/markets.csv, row by row', () => {
    const csv: string[][] = parse(readFileSync(new URL('../data/markets.csv', import.meta.url)), { from_line: 2 });
    const listed = csv.filter((row) => row[0] !== '');
    expect(MARKET_ROWS).toEqual(listed.map((row) => [row[0], row[2], row[3], row[4], row[5], row[6]]));
  });

  it('agrees with libphonenumber on the area codes of Canada', () => {
    const isCanadian = (area: string) =>
      ['5550123', '2345678', '4321234'].some(
        (rest) => parsePhoneNumberFromString(`+1${area}${rest}`)?.country === 'CA',
      );
    const wrong = CANADIAN_AREA_CODES.filter((area) => !isCanadian(area));
    expect(wrong).toEqual([]);
  });
});
