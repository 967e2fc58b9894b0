import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { Refusal } from './refusal.js';

/** What finds fault with a field for being absent alone; a rule of several fields has a name of its own. */
const OF_A_KIND = ['isString', 'isArray', 'isObject', 'isInt', 'isNumber', 'isBoolean', 'isEmail', 'isIn', 'isEnum'];

/** What is wrong with a field. Of one that is absent this is just that, not each rule that nothing cannot keep. */
function problemsOf({ property, value, constraints = {} }: ValidationError): string[] {
  const isAbsent = value === undefined && OF_A_KIND.some((rule) => rule in constraints);
  return isAbsent ? [`${property} is required`] : Object.values(constraints);
}

function problemsByField(errors: readonly ValidationError[], path = ''): Record<string, string[]> {
  const problems: Record<string, string[]> = {};
  for (const error of errors) {
    const field = path ? `${path}.${error.property}` : error.property;
    if (error.constraints) problems[field] = problemsOf(error);
    Object.assign(problems, problemsByField(error.children ?? [], field));
  }
  return problems;
}

/** Requests of the native APIs are checked against their classes; unknown fields are named, not dropped in silence. */
export const nativeValidation = (): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    exceptionFactory: (errors) => {
      const fields = problemsByField(errors);
      return Refusal.invalid(Object.values(fields).flat().join('; '), fields);
    },
  });
