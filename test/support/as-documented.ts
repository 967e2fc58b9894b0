/** What of the OpenAPI schemas the API documents use. */
interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly type?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}
// biome-ignore lint/suspicious/noExplicitAny: a document is JSON of every shape
type Document = Record<string, any>;

/**
 * Where an answer is not what the API document of its app says.
 *
 * @param route as in the document: `GET /api/v1/me`
 * @returns each difference with its place; a route or answer that is not documented is one
 */
export function undocumented(document: Document, route: string, answer: { status: number; body: unknown }): string[] {
  const [method = '', path = ''] = route.split(' ');
  const said = document.paths[path]?.[method.toLowerCase()]?.responses[answer.status]?.content?.['application/json'];
  if (!said) return [`${route}: ${answer.status} is not documented`];
  return differences(document, said.schema, answer.body, route);
}

function differences(document: Document, given: Schema, value: unknown, at: string): string[] {
  const schema: Schema = given.$ref ? document.components.schemas[given.$ref.split('/').at(-1) ?? ''] : given;
  if (value === null) return given.nullable || schema.nullable ? [] : [`${at}: null`];
  const parts = (schema.allOf ?? []).flatMap((part) => differences(document, part, value, at));
  if (parts.length > 0 || schema.allOf) return parts;
  if (schema.enum && !schema.enum.includes(value)) return [`${at}: ${value} is none of ${schema.enum}`];
  const is = Array.isArray(value) ? 'array' : typeof value === 'number' ? 'number' : typeof value;
  const wanted = schema.type === 'integer' ? 'number' : schema.type;
  if (wanted && wanted !== is) return [`${at}: is ${is}, not ${wanted}`];
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => differences(document, schema.items ?? {}, item, `${at}[${i}]`));
  }
  if (is !== 'object' || schema.additionalProperties) return [];
  const fields = value as Record<string, unknown>;
  const { properties = {}, required = [] } = schema;
  return [
    ...required.filter((name) => !(name in fields)).map((name) => `${at}.${name}: is missing`),
    ...Object.entries(fields).flatMap(([name, field]) =>
      properties[name]
        ? differences(document, properties[name], field, `${at}.${name}`)
        : [`${at}.${name}: is not told`],
    ),
  ];
}
