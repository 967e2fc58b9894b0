import { readFileSync } from 'node:fs';
import { envExample, InvalidConfigError, loadConfig } from './load-config.js';
import { VARIABLES, type VariableName } from './variables.js';

describe('loadConfig', () => {
  it('names every bad and missing variable at once, and never a value', () => {
    const attempt = () =>
      loadConfig(['PORT', 'DATABASE_URL', 'REDIS_URL', 'TENANT_JWT_SECRET'], {
        PORT: 'eighty',
        DATABASE_URL: 'mysql://root:hunter2@db/x',
        TENANT_JWT_SECRET: 'shorty',
      });
    expect(attempt).toThrow(InvalidConfigError);
    try {
      attempt();
    } catch (error) {
      const { problems, message } = error as InvalidConfigError;
      expect(problems.map((p) => p.split(' ')[0])).toEqual(['PORT', 'DATABASE_URL', 'REDIS_URL', 'TENANT_JWT_SECRET']);
      expect(message).not.toMatch(/eighty|hunter2|shorty/);
    }
  });

  it('treats an empty variable as absent, so a blank line in an env file takes the default', () => {
    expect(loadConfig(['PORT', 'LOG_LEVEL'], { PORT: '', LOG_LEVEL: '' })).toEqual({ PORT: 0, LOG_LEVEL: 'info' });
  });

  it('reads a key ring with the encrypting key first', () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    const { ENCRYPTION_KEYS } = loadConfig(['ENCRYPTION_KEYS'], { ENCRYPTION_KEYS: `new:${key}, old:${key}` });
    expect(ENCRYPTION_KEYS.map((k) => k.id)).toEqual(['new', 'old']);
    expect(() => loadConfig(['ENCRYPTION_KEYS'], { ENCRYPTION_KEYS: 'k1:dG9vIHNob3J0' })).toThrow(
      /ENCRYPTION_KEYS must be/,
    );
  });

  it('gives examples that work', () => {
    const examples = Object.fromEntries(Object.entries(VARIABLES).map(([name, { example }]) => [name, example]));
    expect(() => loadConfig(Object.keys(VARIABLES) as VariableName[], examples)).not.toThrow();
  });

  it('keeps .env.example equal to the table of variables', () => {
    expect(readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8')).toBe(envExample());
  });
});
