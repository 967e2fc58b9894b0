import { taxTreatment } from './taxes.js';

const SPAIN = {
  country: 'ES',
  taxes: [
    { country: 'ES', name: 'IVA', pct: '18', from: '2010-07-01' },
    { country: 'ES', name: 'IVA', pct: '21', from: '2012-09-01' },
    { country: 'FR', name: 'TVA', pct: '20', from: '2014-01-01' },
    { country: 'CL', name: 'IVA', pct: '19', from: '2020-06-01' },
  ],
};
const buyer = (country: string, taxId = '', isBusiness = true) => ({ country, taxId, isBusiness });

describe('the tax of an invoice from Spain', () => {
  it.each([
    ['to Spain', buyer('ES', 'B123'), '2026-11-01', { kind: 'domestic', name: 'IVA', pct: '21' }],
    ['to Spain before the rate rose', buyer('ES'), '2012-08-31', { kind: 'domestic', name: 'IVA', pct: '18' }],
    ['to a French business', buyer('FR', 'FR1'), '2026-11-01', { kind: 'reverse_charge', name: '', pct: '0' }],
    [
      'to a French business without a tax id',
      buyer('FR'),
      '2026-11-01',
      { kind: 'destination', name: 'TVA', pct: '20' },
    ],
    [
      'to a private person in Portugal',
      buyer('PT', '', false),
      '2026-11-01',
      { kind: 'destination', name: 'IVA', pct: '21' },
    ],
    [
      'to Chile, where it is registered',
      buyer('CL', '76'),
      '2026-11-01',
      { kind: 'destination', name: 'IVA', pct: '19' },
    ],
    ['to Mexico, where it is not', buyer('MX', 'RFC'), '2026-11-01', { kind: 'outside_scope', name: '', pct: '0' }],
  ])('%s', (_, who, day, expected) => {
    expect(taxTreatment(SPAIN, who, day)).toEqual(expected);
  });
});
