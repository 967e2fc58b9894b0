import type { RefusalCode } from '#libs/error-catalogue';
import type { Fields } from './template.js';
import type { TemplateLimits } from './template-limits.js';

/** The refusal a problem leads to, by its name in the error catalogue: 132000, 132012, 132005, 131008. */
export type ParameterRefusal = Extract<
  RefusalCode,
  'template_parameter_count' | 'template_parameter_format' | 'template_text_too_long' | 'missing_parameter'
>;

export interface ParameterProblem {
  readonly refusal: ParameterRefusal;
  /** Where in the sent `template`, such as `components[0].parameters[1]`; the part that is missing, if it is. */
  readonly at: string;
  /** What is wrong and how to put it right. */
  readonly says: string;
}

/** A check under way: by which limits, and what it has found. */
export interface Check {
  readonly limits: TemplateLimits;
  readonly problems: ParameterProblem[];
}

/** A sent component with the place it was sent at. */
export interface Placed {
  readonly component: Fields;
  readonly at: string;
}

/** The parameters of a sent component; none where it has no list of them. */
export const parametersIn = (placed: Placed | undefined): readonly unknown[] =>
  Array.isArray(placed?.component.parameters) ? placed.component.parameters : [];
