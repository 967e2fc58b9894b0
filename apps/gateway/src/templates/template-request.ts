import { refuse } from '../graph-envelope/refuse.js';
import type { DeletedBy } from './manage-templates.js';

/** @throws Refusal for a body that cannot describe a template */
export function templateIn(body: unknown): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw refuse('invalid_parameter', 'The body must be a JSON object that describes a template.');
}

/** What a query names to be deleted: all languages of `name`, or one template with `hsm_id`. */
export const deletedBy = ({ name, hsm_id }: Readonly<Record<string, unknown>>): DeletedBy => ({
  ...(typeof name === 'string' ? { name } : {}),
  ...(typeof hsm_id === 'string' ? { hsm_id } : {}),
});
