import { http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { GATEWAY } from '../gateway.js';

interface Operation {
  operationId: string;
  summary?: string;
  parameters: { name: string; schema?: { type?: string } }[];
  responses: Record<string, { content?: object }>;
}

describe('the document of the API, for whoever generates a client from it', () => {
  let database: TestDatabase;
  let gateway: RunningApp;
  let schemas: Record<string, { properties?: object }>;
  let calls: ({ name: string } & Operation)[];

  beforeAll(async () => {
    database = await cloneDatabase();
    gateway = await startApp(GATEWAY.module as never, testEnvironment(database), { ...GATEWAY });
    const { paths, components } = (await http('GET', `${gateway.url}/openapi.json`)).body;
    schemas = components.schemas;
    calls = Object.entries<Record<string, Operation>>(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })),
    );
  });
  afterAll(async () => {
    await gateway.close();
    await database.drop();
  });

  const those = (wrong: (call: Operation & { name: string }) => boolean) => calls.filter(wrong).map(({ name }) => name);

  it('says of every call what it does, under a name that is a function and nobody else’s', () => {
    expect(calls.length).toBeGreaterThan(80);
    expect(those(({ summary }) => !summary)).toEqual([]);
    expect(those(({ operationId }) => !/^[a-z]\w*$/.test(operationId))).toEqual([]);
    expect(new Set(calls.map((c) => c.operationId)).size).toBe(calls.length);
  });

  it('says of every parameter what it is, and of every call how it refuses', () => {
    expect(those(({ parameters }) => parameters.some(({ schema }) => !schema?.type))).toEqual([]);
    expect(those(({ responses }) => !responses['4XX']?.content)).toEqual([]);
  });

  it('says what webhooks, headroom, messages, templates and files answer', () => {
    const silent = those(
      ({ name, responses }) =>
        (/\/api\/v1\/(webhooks|messages|headroom|templates|phone-numbers\/[^/]+\/(headroom|service|messaging))/.test(
          name,
        ) ||
          /\/\{\w+\}\/(message_templates|media|unpause)$|\/whatsapp_business\/attachments|^(get|post|delete) \/\{\w+\}$/.test(
            name,
          )) &&
        Object.entries(responses).some(([status, { content }]) => status !== '204' && !content),
    );
    expect(silent).toEqual([]);
    const accepts = calls.filter(({ name }) => /^post \/(\{\w+\}\/)?(marketing_)?messages$/.test(name));
    const schema = { $ref: '#/components/schemas/SentMessageResponse' };
    expect(accepts.map(({ responses }) => responses['200']?.content)).toEqual(
      Array(4).fill({ 'application/json': { schema } }),
    );
    expect(schemas.CreateWebhookRequest?.properties).toMatchObject({
      phone_number_id: { type: 'string', nullable: true },
      headers: { additionalProperties: { type: 'string' } },
    });
  });
});
