import { LANGUAGES } from '../signups/texts/language.js';
import { judgeNumber, type NumberVerdict } from './judge-number.js';
import { VERDICT_TEXTS } from './verdict-texts.js';

describe('whether a number can be connected', () => {
  it.each<[written: string, country: string | undefined, verdict: NumberVerdict]>([
    // Mexico
    ['+52 55 1234 5678', 'MX', 'eligible'],
    ['+521 55 1234 5678', 'MX', 'eligible'],
    ['5512345678', undefined, 'no_country_code'],
    ['+52 800 123 4567', 'MX', 'eligible_by_call'],
    ['+52 900 123 4567', 'MX', 'premium_rate'],
    // Brazil
    ['+55 11 91234-5678', 'BR', 'eligible'],
    ['+55 11 2123-4567', 'BR', 'eligible_by_call'],
    ['+55 0800 123 4567', 'BR', 'eligible_by_call'],
    ['+55 800 123 4567', 'BR', 'eligible_by_call'],
    // Argentina
    ['+54 9 11 2345-6789', 'AR', 'eligible'],
    // United States
    ['+1 (212) 555-1234', 'US', 'eligible'],
    ['001 212 555 1234', 'US', 'eligible'],
    ['+1 800 555 1234', 'US', 'eligible_by_call'],
    ['+1 900 555 1234', 'US', 'premium_rate'],
    ['+1 555 000 1111', 'US', 'meta_555'],
    ['40404', undefined, 'short_code'],
    ['+1 212 555 12', undefined, 'not_a_number'],
    // United Kingdom
    ['+44 7400 123456', 'GB', 'eligible'],
    ['+44 20 7946 0958', 'GB', 'eligible_by_call'],
    ['+44 800 111 1111', 'GB', 'eligible_by_call'],
    ['+44 845 123 4567', 'GB', 'premium_rate'],
    ['+44 55 1234 5678', 'GB', 'universal_access'],
    ['+44 300 123 4567', 'GB', 'universal_access'],
    ['+44 56 1234 5678', 'GB', 'eligible'],
    // France
    ['+33 6 12 34 56 78', 'FR', 'eligible'],
    ['+33 1 23 45 67 89', 'FR', 'eligible_by_call'],
    ['+33 899 123 456', 'FR', 'premium_rate'],
    ['+33 825 123 456', 'FR', 'shared_cost'],
    // Germany
    ['+49 1512 3456789', 'DE', 'eligible'],
    ['+49 30 123456', 'DE', 'eligible_by_call'],
    ['+49 123', undefined, 'short_code'],
    // Spain
    ['+34 612 345 678', 'ES', 'eligible'],
    ['+34 803 123 456', 'ES', 'premium_rate'],
    ['+34 900 123 456', 'ES', 'eligible_by_call'],
    // Japan
    ['+81 90 1234 5678', 'JP', 'eligible'],
    ['+81 570 123 456', 'JP', 'universal_access'],
    ['+81 120 123 456', 'JP', 'eligible_by_call'],
    // Australia
    ['+61 412 345 678', 'AU', 'eligible'],
    ['+61 1300 123 456', 'AU', 'shared_cost'],
    // India, Indonesia, South Africa, Emirates, Italy, Jamaica
    ['+91 98765 43210', 'IN', 'eligible'],
    ['+91 1800 123 456', 'IN', 'eligible_by_call'],
    ['+62 812-3456-7890', 'ID', 'eligible'],
    ['+27 82 123 4567', 'ZA', 'eligible'],
    ['+27 860 123 456', 'ZA', 'shared_cost'],
    ['+971 50 123 4567', 'AE', 'eligible'],
    ['+39 06 1234 5678', 'IT', 'eligible_by_call'],
    ['+1 876 555 1234', 'JM', 'eligible'],
    // Of no country, and no number at all
    ['+979 123 456 789', undefined, 'premium_rate'],
    ['call me', undefined, 'not_a_number'],
    ['', undefined, 'not_a_number'],
  ])('%s (%s): %s', (written, country, verdict) => {
    const judged = judgeNumber(written);
    expect([judged.verdict, judged.country]).toEqual([verdict, country]);
    expect(judged.ok).toBe(judged.methods.length > 0);
    if (judged.ok) expect(judged.phone).toMatch(/^\+\d{8,15}$/);
  });

  it.each([
    '+52 (55) 1234\u20135678',
    '\u202a+52 55 1234 5678\u202c',
    '+52\u00a055\u20111234\u20115678',
    '\uff0b\uff15\uff12\uff15\uff15\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18',
    '0052 55.1234.5678',
  ])('is read however it was copied: %s', (written) => {
    expect(judgeNumber(written)).toMatchObject({ verdict: 'eligible', phone: '+525512345678' });
  });

  it('mends the way Mexicans wrote mobile numbers until 2019', () => {
    expect(judgeNumber('+5215512345678').phone).toBe('+525512345678');
  });

  it.each<[facts: Parameters<typeof judgeNumber>[1], ok: boolean, verdict: NumberVerdict]>([
    [{ usedIn: 'nowhere' }, true, 'eligible'],
    [{ usedIn: 'whatsapp' }, false, 'on_whatsapp'],
    [{ usedIn: 'business-app' }, true, 'coexistence'],
    [{ usedIn: 'another-provider' }, true, 'migration'],
    [{ isOurs: true }, false, 'yours_already'],
    [{ isAnotherTenants: true, usedIn: 'another-provider' }, false, 'another_customer'],
  ])('depends on where it is: %j is %s, %s', (facts, ok, verdict) => {
    expect(judgeNumber('+525512345678', facts)).toMatchObject({ ok, verdict });
  });

  it('is told with a reason that a merchant understands, in every language', () => {
    for (const language of LANGUAGES) {
      for (const text of Object.values(VERDICT_TEXTS[language])) expect(text).toMatch(/^[A-ZÁÉÍÓÚ].{25,}\.$/u);
    }
  });
});
