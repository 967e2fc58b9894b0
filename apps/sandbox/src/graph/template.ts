import type { Json, Template } from '../state/records.js';
import { parseFields, project } from './fields.js';
import { type GraphCall, requireAccess, structure } from './graph-call.js';
import { noSuchObject } from './graph-error.js';
import { TEMPLATE_USUAL, templateView } from './node-views.js';

function templateOf(call: GraphCall): Template {
  const id = call.segments[0]!;
  const template = call.world.get('template', id);
  if (!template) throw noSuchObject(id);
  requireAccess(call, template.wabaId, id);
  return template;
}

export const getTemplate = (call: GraphCall): Json =>
  project(templateView(call.world, templateOf(call)), parseFields(call.params.fields), TEMPLATE_USUAL);

export function editTemplate(call: GraphCall): Json {
  const template = templateOf(call);
  call.meta.templates.edit(template, { ...call.params, components: structure(call, 'components') });
  return { success: true, id: template.id, name: template.name, category: template.category };
}

export function deleteTemplate(call: GraphCall): Json {
  call.meta.templates.remove(templateOf(call));
  return { success: true };
}

/** Lifts a pause by hand (meta/templates.md §1). */
export function unpauseTemplate(call: GraphCall): Json {
  const template = templateOf(call);
  if (template.status === 'PAUSED') call.meta.templates.decide(template, { status: 'APPROVED' });
  return { success: true };
}
