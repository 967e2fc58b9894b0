/** The environment as text. The product reads it nowhere else (a test greps for it). */
export type Environment = Readonly<Record<string, string | undefined>>;

let environment: Environment = process.env;

/** The whole environment: to hand on to child processes, or to search PATH. Settings are read with `loadConfig`. */
export const currentEnvironment = (): Environment => environment;

/** Makes this process read its settings from another environment: tests start apps in their own process with it. */
export function useEnvironment(values: Environment): void {
  environment = values;
}
