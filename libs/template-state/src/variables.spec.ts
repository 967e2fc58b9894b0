import fc from 'fast-check';
import { variablesOf } from './index.js';
import { fillIn } from './variables.js';

const faults = (text: string, edges = false) => variablesOf(text, { edges }).faults.map((fault) => fault.code);

describe('the variables of a text', () => {
  it('are found once each, numbers in their order, names as they come', () => {
    expect(variablesOf('Hi {{2}}, {{1}} and {{2}}.')).toEqual({ form: 'positional', names: ['1', '2'], faults: [] });
    expect(variablesOf('Hi {{last_name}}, {{first_name}}.')).toMatchObject({
      form: 'named',
      names: ['last_name', 'first_name'],
    });
    expect(variablesOf('Hi.')).toEqual({ form: 'none', names: [], faults: [] });
    expect(variablesOf('One {brace} is no variable }')).toEqual({ form: 'none', names: [], faults: [] });
  });

  it.each([
    ['a {{1} b', 'variable_malformed'],
    ['a 1}} b', 'variable_malformed'],
    ['a {{#1}} b', 'variable_malformed'],
    ['a {{First}} b', 'variable_malformed'],
    ['a {{ 1 }} b', 'variable_malformed'],
    ['a {{}} b', 'variable_malformed'],
    ['a {{0}} b', 'variable_malformed'],
    ['a {{1}} {{name}} b', 'variables_mixed'],
    ['a {{1}} {{3}} b', 'variables_not_sequential'],
    ['a {{2}} b', 'variables_not_sequential'],
    ['a {{1}}{{2}} b', 'variables_adjacent'],
  ])('%p is refused: %s', (text, code) => {
    expect(faults(text)).toEqual([code]);
  });

  it('may stand next to each other with a space between', () => {
    expect(faults('Dear {{1}} {{2}}, welcome.')).toEqual([]);
  });

  it('may stand at the edge of a header but not of a body', () => {
    for (const text of ['{{1}} is ready', 'Hello {{1}}', ' {{1}} x', 'x {{1}}\n']) {
      expect(faults(text)).toEqual([]);
      expect(faults(text, true)).toEqual(['variable_at_edge']);
    }
    expect(faults('Hello {{1}}.', true)).toEqual([]);
  });

  it('are replaced by their values and by nothing a value may contain', () => {
    expect(
      fillIn(
        'a {{1}} b {{2}} c {{3}}',
        new Map([
          ['1', '$& {{2}}'],
          ['2', 'two'],
        ]),
      ),
    ).toBe('a $& {{2}} b two c {{3}}');
  });

  it('are found in any text without falling over', () => {
    const piece = fc.constantFrom('{{', '}}', '{', '}', '1', '2', 'name', ' ', 'x', '{{1}}', '{{a_b}}', '\n');
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join('')),
        (text) => {
          const { form, names } = variablesOf(text, { edges: true });
          expect(form === 'none').toBe(names.length === 0);
          expect(new Set(names).size).toBe(names.length);
        },
      ),
    );
  });
});
