import fc from 'fast-check';
import type { Condition } from './automation.js';
import { buildBody } from './build-body.js';
import { conditionsHold } from './condition-holds.js';
import { fillIn, MissingValueError } from './fill-in.js';
import { PRESETS } from './presets.js';
import { readAutomation } from './read-automation.js';

describe('a condition of an automation', () => {
  const data = { total: '499.00', currency: 'MXN', gift: false, address: { city: 'CDMX' }, note: ' ' };
  it.each([
    [{ field: 'total', is: 'at_least', value: 499 }, true],
    [{ field: 'total', is: 'at_least', value: '499.01' }, false],
    [{ field: 'total', is: 'at_most', value: '1000' }, true],
    [{ field: 'total', is: 'equal', value: 499 }, true],
    [{ field: 'currency', is: 'one_of', value: ['USD', 'MXN'] }, true],
    [{ field: 'currency', is: 'not_equal', value: 'MXN' }, false],
    [{ field: 'absent', is: 'not_equal', value: 'MXN' }, true],
    [{ field: 'address.city', is: 'equal', value: 'CDMX' }, true],
    [{ field: 'gift', is: 'equal', value: false }, true],
    [{ field: 'note', is: 'set' }, false],
    [{ field: 'absent', is: 'not_set' }, true],
    [{ field: 'currency', is: 'at_least', value: 1 }, false],
    [{ field: 'constructor', is: 'set' }, false],
  ] as [Condition, boolean][])('%j holds: %s', (condition, holds) => {
    expect(conditionsHold([condition], data)).toBe(holds);
  });
});

describe('a text with fields', () => {
  it('is filled with what the event tells, or with what stands in for it', () => {
    const data = { name: 'Ana', address: { city: 'Puebla' } };
    expect(fillIn('{{name}} / {{ address.city }} / {{absent|friend}} / {{absent|}}', data)).toBe(
      'Ana / Puebla / friend / ',
    );
    expect(() => fillIn('{{absent}}', data)).toThrow(MissingValueError);
  });

  it('never reads a value as a text with fields of its own', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (value) => {
        fc.pre(value.trim() !== '');
        expect(fillIn('{{a}}', { a: value, b: 'secret' })).toBe(value);
      }),
    );
    expect(fillIn('{{a}}', { a: '{{b}} $& $1', b: 'secret' })).toBe('{{b}} $& $1');
  });
});

describe('the message of a step', () => {
  it('has a parameter for each place of the template, on one line', () => {
    const body = buildBody(
      {
        template: {
          name: 'shipped',
          language: 'es_MX',
          header: { type: 'image', value: '{{image}}' },
          body: ['{{name}}', 'No. {{number}}'],
          buttons: [{ index: 0, type: 'url', value: '{{number}}' }],
        },
      },
      { name: 'Ana\nMaría', number: 1042, image: 'https://shop.example/1.png' },
    );
    expect(body).toEqual({
      type: 'template',
      template: {
        name: 'shipped',
        language: { code: 'es_MX' },
        components: [
          { type: 'header', parameters: [{ type: 'image', image: { link: 'https://shop.example/1.png' } }] },
          {
            type: 'body',
            parameters: [
              { type: 'text', text: 'Ana María' },
              { type: 'text', text: 'No. 1042' },
            ],
          },
          { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: '1042' }] },
        ],
      },
    });
  });

  it('names parameters where the template does', () => {
    const body = buildBody({ template: { name: 'a', language: 'en', body: { order: '{{n}}' } } }, { n: '1' });
    expect(JSON.stringify(body)).toContain('{"type":"text","parameter_name":"order","text":"1"}');
  });

  it('shows where the courier is, and nothing where that is no place', () => {
    expect(buildBody({ location: true }, { latitude: '19.43', longitude: -99.13, name: 'Tu pedido' })).toEqual({
      type: 'location',
      location: { latitude: 19.43, longitude: -99.13, name: 'Tu pedido' },
    });
    expect(() => buildBody({ location: true }, { latitude: 91, longitude: 0 })).toThrow(MissingValueError);
    expect(() => buildBody({ location: true }, { latitude: 1 })).toThrow(MissingValueError);
  });
});

describe('a definition', () => {
  it.each(PRESETS.map((p) => [p.key, p.definition]))('that is ready-made is read: %s', (_, definition) => {
    expect(readAutomation(definition)).toHaveProperty('automation');
  });

  it('is refused with everything that is wrong with it', () => {
    const read = readAutomation({
      trigger: 'party',
      goal: { kinds: ['party'], scope: 'world' },
      conditions: [{ field: 'a b', is: 'like' }],
      steps: [{ after_minutes: -1, send: {} }, { send: { template: { name: '', body: [1] } } }],
      again_after_minutes: 0,
      stop_on_reply: 'yes',
    });
    expect((read as { problems: string[] }).problems.length).toBeGreaterThanOrEqual(11);
  });

  it('of any shape is read or refused, never a surprise', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (steps, goal, conditions) => {
        const read = readAutomation({ trigger: 'cart.left', steps: [steps], goal, conditions });
        expect('automation' in read || read.problems.length > 0).toBe(true);
      }),
    );
  });
});
