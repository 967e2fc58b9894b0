import type { OpenAPIObject } from '@nestjs/swagger';
import { completeDocument, operationName } from './complete-document.js';

describe('the API document', () => {
  it('gives each operation a name that can be a function of a generated client', () => {
    expect(operationName('WebhooksController_list')).toBe('webhooksList');
    expect(operationName('MediaFileController_file[0]')).toBe('mediaFileFile');
    expect(operationName('MediaFileController_file[1]')).toBe('mediaFileFile1');
  });

  it('says how each operation refuses, and leaves alone what an app said of it', () => {
    const own = { description: 'own' };
    const document = {
      paths: {
        '/a': { get: { operationId: 'AController_get', responses: { '200': { description: '' } } } },
        '/b': { post: { operationId: 'BController_post', responses: { '4XX': own } } },
      },
    } as unknown as OpenAPIObject;
    completeDocument(document);
    expect(document.paths['/a']?.get?.responses).toMatchObject({
      '4XX': { content: { 'application/json': { schema: { $ref: '#/components/schemas/RefusalResponse' } } } },
    });
    expect(document.paths['/b']?.post?.responses['4XX']).toBe(own);
    expect(document.components?.schemas?.RefusalResponse).toBeDefined();
  });
});
