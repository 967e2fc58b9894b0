import { BadRequestException } from '@nestjs/common';

/** An instant given as ISO 8601 or epoch milliseconds. @throws BadRequestException naming the parameter. */
export function instant(value: string | number, name: string): number {
  const at = typeof value === 'number' || /^\d+$/.test(value) ? Number(value) : Date.parse(value);
  if (!Number.isFinite(at)) throw new BadRequestException(`${name} must be an ISO 8601 instant or epoch milliseconds`);
  return at;
}
