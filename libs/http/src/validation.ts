import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { Refusal } from './refusal.js';

function problemsByField(errors: readonly ValidationError[], path = ''): Record<string, string[]> {
  const problems: Record<string, string[]> = {};
  for (const error of errors) {
    const field = path ? `${path}.${error.property}` : error.property;
    if (error.constraints) problems[field] = Object.values(error.constraints);
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
