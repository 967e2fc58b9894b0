import { currentEnvironment, type Environment } from './environment.js';
import { VARIABLES, type ValueOf, type Variable, type VariableName } from './variables.js';

export type Config<N extends VariableName> = { readonly [K in N]: ValueOf<K> };

/** Names every variable that is missing or wrong, at once; values are never part of the message. */
export class InvalidConfigError extends Error {
  override name = 'InvalidConfigError';
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
  }
}

/**
 * Reads the named variables.
 *
 * @param names what the calling process needs; nothing else is read or required
 * @param env   the environment, that of the process unless another is handed in
 * @returns a frozen object of parsed values
 * @throws InvalidConfigError with one line for each missing or bad variable
 */
export function loadConfig<N extends VariableName>(
  names: readonly N[],
  env: Environment = currentEnvironment(),
): Config<N> {
  const problems: string[] = [];
  const values: Partial<Record<VariableName, unknown>> = {};
  for (const name of names) {
    const variable: Variable<unknown> = VARIABLES[name];
    const given = env[name];
    const text = given === undefined || given === '' ? variable.fallback : given;
    if (text === undefined) {
      problems.push(`${name} is missing (${variable.describe})`);
      continue;
    }
    try {
      values[name] = variable.parse(text);
    } catch (error) {
      problems.push(`${name} must be ${(error as Error).message}`);
    }
  }
  if (problems.length > 0) throw new InvalidConfigError(problems);
  return Object.freeze(values) as Config<N>;
}

/** The value of one variable, or undefined when it is neither set nor has a default; throws when it is wrong. */
export function configured<N extends VariableName>(name: N): ValueOf<N> | undefined {
  const set = currentEnvironment()[name] || (VARIABLES[name] as Variable<unknown>).fallback;
  return set === undefined ? undefined : loadConfig([name])[name];
}

/** The text of `.env.example`: every variable with what it is for, its default or an example. */
export function envExample(): string {
  const blocks = Object.entries(VARIABLES).map(([name, v]: [string, Variable<unknown>]) => {
    const optional = v.fallback !== undefined;
    return `# ${v.describe}${optional ? '' : ' (required)'}\n${optional ? '# ' : ''}${name}=${optional && v.fallback ? v.fallback : v.example}\n`;
  });
  return `# Every variable of Paloma; libs/config reads and checks them. Lines that begin with "# NAME=" are optional.\n\n${blocks.join('\n')}`;
}
