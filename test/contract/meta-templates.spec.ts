import { readFileSync } from 'node:fs';
import { REFUSALS } from '#libs/error-catalogue';
import { checkTemplate, summarise, templateLimitsAt } from '#libs/template-state';

const read = <T>(file: string): Record<string, T> =>
  JSON.parse(readFileSync(new URL(`../fixtures/meta/templates/${file}`, import.meta.url), 'utf8'));
const limits = templateLimitsAt('2026-11-22');

describe("a template as in Meta's examples", () => {
  it.each(Object.entries(read('taken.json')))('is taken for review: %s', (_, template) => {
    expect(checkTemplate(template, limits)).toEqual([]);
  });

  it.each(
    Object.entries(read<{ components: unknown[]; category?: string; subcode: number; at: string[] }>('refused.json')),
  )('is refused before review, by its place: %s', (_, { components, category = 'UTILITY', subcode, at }) => {
    const problems = checkTemplate({ name: 'a', language: 'en_US', category, components }, limits);
    expect(problems.map((p) => p.at)).toEqual(at);
    const refusal = summarise(problems)?.refusal;
    expect(refusal && REFUSALS[refusal].metaSubcode).toBe(subcode);
  });
});
