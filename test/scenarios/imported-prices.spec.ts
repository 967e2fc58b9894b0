import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/**
 * SHA-256 of what was imported on 2026-11-22, byte for byte as published (sources: apps/billing/data/README.md,
 * libs/markets/README.md, test/fixtures/pricing-cases/README.md). History is never edited: a new card is a new file and
 * a new line here.
 */
const IMPORTED: Readonly<Record<string, string>> = {
  'apps/billing/data/rates-2022-02-01-EUR.csv': '130ac0a49ba4925b9ef06da0b7af7446ad6d4cf951589825526e7a376ad940b8',
  'apps/billing/data/rates-2022-02-01-USD.csv': '5e2b3322e669bf646b15ce0ab7669fdd0a880e394b7f51befeeb6d5dfae40512',
  'apps/billing/data/rates-2023-06-01-USD.csv': 'efa8e2e916adb4f4e854d3a73834b84d3d5a6a6dc54f16db117ef78c985d88c1',
  'apps/billing/data/rates-2024-06-01-USD.csv': '02474a0bc1829e069e11b6317c989bb268ec96cf33efef04d1344dc43aafc5d3',
  'apps/billing/data/rates-2024-07-01-USD.csv': 'e89c7b040bddcaad7c62ec999aad64d2f420fa9aa54cd7a53301f37704afaf9e',
  'apps/billing/data/rates-2024-08-01-USD.csv': '82c6077cd60783d2799bff2b91394dc8ab6998b7d244cfca71b40c10d12b2d74',
  'apps/billing/data/rates-2024-10-01-USD.csv': '77cd4bd5893aafd17c9daecd50e87d91073a60261574bbae1f416c4ef88d30f4',
  'apps/billing/data/rates-2024-11-01-USD.csv': '881d75937f6486f7eb8dcfeb20a309add7ee85878fbaa9c1a3ce9ae7a8db4d70',
  'apps/billing/data/rates-2025-02-01-USD.csv': '5b88227a248807c81ef401e6f54361d8292ed845baecb62df79f0b5fb67470d6',
  'apps/billing/data/rates-2025-04-01-USD.csv': '3ce2775efea92b961264618694eab84994a23cf2dcd226d74ca0049f82cff84c',
  'apps/billing/data/rates-2025-07-01-USD.csv': 'b0ae5662704ab19a434d65f53de743582550c78bc1fed6ab460bce722100e691',
  'apps/billing/data/rates-2025-10-01-INR.csv': '4dd2fbaf9ff6f69c7f31011427a4a70e68807b9240136adfc4b4ff31b1a77be9',
  'apps/billing/data/rates-2025-10-01-USD.csv': '2e2c1b9b6d547d9f4d7efc0f4b7cdfb99d77e9356d18360c6a0355e7d3b5b835',
  'apps/billing/data/rates-2026-01-01-INR.csv': 'fa3d12fce4d601bb3385b7f04e682e63ba6937f31b5d2f24d7fe22b181dc9c86',
  'apps/billing/data/rates-2026-01-01-USD.csv': '4a4c726d076cb59377c1e756e4b40b7f5f51dac19e021548f2bf64abe51f566b',
  'apps/billing/data/rates-2026-04-01-USD.csv': 'c84d876ae2763b16331320eaaf80ac5a882bbbe593fd50c2abb1f4730d5ff3e1',
  'apps/billing/data/rates-2026-07-01-BRL.csv': '5ad5e29e98af0036319e0a94e56c2414ffe8b9dd378643f4fec01ba3417789b8',
  'apps/billing/data/rates-2026-07-01-EUR.csv': '86347d2ae0ef73a3a814a7b3a619a54406b0f8e3f59ddde5b4cf7228840355f4',
  'apps/billing/data/rates-2026-07-01-SAR.csv': '15fc827801fb593fb0c81f88087b4a5defd810b0c2c4c88ba7e9f2d94309a615',
  'apps/billing/data/rates-2026-07-01-USD.csv': '3f2345a53fcb9ff0a7290597f4d7f10a99ab09b2a29860ccb958b31a4d17efa2',
  'apps/billing/data/rates-2026-10-01-AED.csv': 'e9756e8337a6ef6ad7ceca26bb2aff3bef3fe355b29736f35da5b2b118fd5bef',
  'apps/billing/data/rates-2026-10-01-INR.csv': '811d77170510a8f8cfed8beb872edec4aa5332843e029192a3348f980c333043',
  'apps/billing/data/rates-2026-10-01-USD.csv': '06861a286c1081da4e5a7da5dc606d56e647ff815c33f6459a2550d8da634aa4',
  'apps/billing/data/volume-tiers.csv': 'c9853c46b8de5d00f1e03960a084edd268b076541d758e69e4c11b5a1187da1e',
  'libs/markets/data/markets.csv': 'da997cc404c52d8ef66e02e8e81b9a9fda89be1dcc9562643f560b1bc403a254',
  'test/fixtures/pricing-cases/02-cbp-service-after-marketing-expired.json':
    'a11d6135f8a63e28e6c9f75be16e4d2f4ba507edd482a3b9e4211212be70e8ac',
  'test/fixtures/pricing-cases/10-oct2026-service-allowance-per-number.json':
    '9ddfd845c79658c6d4e3b9c7dfbf7f4dcaa5f530c799ecc44205a9b04a1c36c2',
  'test/fixtures/pricing-cases/12-cbp-free-entry-72h.json':
    'ae3979a6a4bba3cf39bd187358003d4d99e3f15e520c29e348c45811e4734951',
  'test/fixtures/pricing-cases/21-pmp-auth-international-not-eligible-vs-unverified.json':
    '0532ea41e0653e6fad4d415f10dbeeb64f8012a4e01f5ee91a465479f8c883d9',
  'test/fixtures/pricing-cases/22-pmp-failed-read-only-duplicates.events.jsonl':
    'a7a71863a88fb8f048b5e4ef6402aed805c0d1811e729e2d40ebed40c026f7d3',
  'test/fixtures/pricing-cases/22-pmp-failed-read-only-duplicates.json':
    '2cdcb230be2e4a2fa4b4ea4378c11ca020ba0c7d62aa618986fdc8cabbeb14b8',
  'test/fixtures/pricing-cases/31-volume-tier-across-partners.json':
    '7f700a264c6242be4254748082e05379b260098b8c099e6fb934aaac0e30f440',
  'test/fixtures/pricing-cases/36-markup-and-rounding.json':
    '3f34d7516a5b0bfb4c954a31d9c165bc1fd5e62b7adc090fd1bb08065c61214e',
  'test/fixtures/pricing-cases/39-pmp-group-message.json':
    'e125c3997ad526c91ec90c7090ae4cf9d2bc7169f6d6f3bc3aa5f021fc57503c',
  'test/fixtures/pricing-cases/40-template-recategorised.json':
    '9e9a38a934ba48f5068dd3fb77b3414ac71042f6e1da2921e3e62fa0122a58be',
  'test/fixtures/pricing-cases/42-oct2026-group-service-allowance.json':
    '1008d724fdfb852c012ae01f7bab01ccf08e6a9b9aa02d254f25c9d108a64fba',
};
const HOMES = [
  ['apps/billing/data', /\.csv$/],
  ['libs/markets/data', /\.csv$/],
  ['test/fixtures/pricing-cases', /^\d/],
] as const;

describe('prices, tiers, markets and worked cases', () => {
  it('are still what was imported, so that an old invoice can be reproduced', () => {
    const now = Object.keys(IMPORTED).map((path) => {
      return [
        path,
        createHash('sha256')
          .update(readFileSync(join(ROOT, path)))
          .digest('hex'),
      ];
    });
    expect(Object.fromEntries(now)).toEqual(IMPORTED);
  });

  it('leave no file unlisted', () => {
    const files = HOMES.flatMap(([home, name]) =>
      readdirSync(join(ROOT, home))
        .filter((file) => name.test(file))
        .map((file) => `${home}/${file}`),
    );
    expect(files.sort()).toEqual(Object.keys(IMPORTED).sort());
  });
});
