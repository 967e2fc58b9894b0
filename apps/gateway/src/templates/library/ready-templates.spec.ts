import { checkTemplate, parametersOf, templateLimitsAt } from '#libs/template-state';
import { READY_LANGUAGES, READY_TEMPLATES, submissionOf } from './ready-templates.js';

const limits = templateLimitsAt('2026-11-22');
const all = READY_TEMPLATES.flatMap((ready) =>
  READY_LANGUAGES.map((language) => [ready.key, language, ready] as const),
);

describe('a ready template', () => {
  it.each(all)('%s in %s passes every check before submission', (key, language, ready) => {
    expect(checkTemplate(submissionOf(ready, language, key), limits)).toEqual([]);
  });

  it.each(all)('%s in %s asks of a send the variables that it names', (_, language, ready) => {
    expect(parametersOf(ready.components[language]).body).toHaveLength(ready.variables.length);
  });

  it('offers a way out of marketing', () => {
    for (const { category, components } of READY_TEMPLATES.filter((t) => t.category === 'marketing')) {
      expect(category).toBe('marketing');
      for (const language of READY_LANGUAGES) {
        expect(JSON.stringify(components[language])).toMatch(/Stop offers|No recibir ofertas|Não receber ofertas/);
      }
    }
  });
});
