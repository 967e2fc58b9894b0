import type { EventData } from '../shop-events/shop-event.js';
import type { TemplateToSend, ToSend } from './automation.js';
import { eventValue } from './event-value.js';
import { fillIn, MissingValueError } from './fill-in.js';

// A parameter of a template is one line (Meta, error 132005 to 132018, of 2025-12-12): breaks and tabs are refused there.
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
const parameter = (text: string, data: EventData): string => oneLine(fillIn(text, data));

/**
 * What a step sends, as the Cloud API takes it, without `to`.
 *
 * @throws MissingValueError when the event does not tell what must be written
 */
export function buildBody(send: ToSend, data: EventData): Record<string, unknown> {
  if ('template' in send) return { type: 'template', template: templateOf(send.template, data) };
  if ('text' in send) return { type: 'text', text: { body: fillIn(send.text, data), preview_url: true } };
  return { type: 'location', location: locationIn(data) };
}

function templateOf({ name, language, header, body, buttons }: TemplateToSend, data: EventData): object {
  const components: object[] = [];
  if (header) components.push({ type: 'header', parameters: [headerOf(header, data)] });
  if (body) {
    const parameters = Array.isArray(body)
      ? (body as string[]).map((text) => ({ type: 'text', text: parameter(text, data) }))
      : Object.entries(body).map(([key, text]) => ({
          type: 'text',
          parameter_name: key,
          text: parameter(text as string, data),
        }));
    if (parameters.length > 0) components.push({ type: 'body', parameters });
  }
  for (const { index, type, value } of buttons ?? []) {
    const text = parameter(value, data);
    const filled = type === 'url' ? { type: 'text', text } : { type: 'payload', payload: text };
    components.push({ type: 'button', sub_type: type, index: String(index), parameters: [filled] });
  }
  return { name, language: { code: language }, ...(components.length > 0 ? { components } : {}) };
}

function headerOf({ type, value = '' }: NonNullable<TemplateToSend['header']>, data: EventData): object {
  if (type === 'location') return { type, location: locationIn(data) };
  const filled = parameter(value, data);
  return type === 'text' ? { type, text: filled } : { type, [type]: { link: filled } };
}

/** Where the courier is, by `latitude` and `longitude` of the event. */
function locationIn(data: EventData): object {
  const text = (name: string) => {
    const value = eventValue(data, name);
    return value === undefined ? {} : { [name]: String(value) };
  };
  return {
    latitude: degreesIn(data, 'latitude', 90),
    longitude: degreesIn(data, 'longitude', 180),
    ...text('name'),
    ...text('address'),
  };
}

function degreesIn(data: EventData, field: string, most: number): number {
  const degrees = Number(eventValue(data, field) ?? Number.NaN);
  if (!(Math.abs(degrees) <= most)) throw new MissingValueError(field);
  return degrees;
}
