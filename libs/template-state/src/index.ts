export {
  type Allowance,
  CREATION_LIMIT,
  EDIT_LIMITS,
  mayCreate,
  mayEdit,
  nameReservedUntil,
  templateCap,
} from './allowances.js';
export { parseCategory, TEMPLATE_CATEGORIES, type TemplateCategory } from './category.js';
export { type CategoryUpdate, readCategoryUpdate } from './category-update.js';
export { checkParameters } from './check-parameters.js';
export type { GrammarCode, GrammarProblem, GrammarRefusal } from './grammar-problem.js';
export { holdReport, judgeReport, type ReportJudgement, type Seen } from './judge-report.js';
export { isTemplateLanguage, normaliseLanguage, TEMPLATE_LANGUAGES } from './language.js';
export type { ParameterProblem, ParameterRefusal } from './parameter-problem.js';
export {
  type NeededButton,
  type NeededCards,
  type NeededHeader,
  type NeededParameters,
  parametersOf,
} from './parameters.js';
export { parseQuality, type TemplateQuality } from './quality.js';
export { pauseHours, readTemplateStatus, type StatusReading } from './read-status.js';
export { REJECTION_REASONS } from './rejection.js';
export { stateForSending } from './state-for-sending.js';
export { summarise } from './summarise.js';
export type { TemplateButton, TemplateCard, TemplateComponent } from './template.js';
export { checkTemplate, checkTemplateEdit } from './template-grammar.js';
export { TEMPLATE_LIMITS, type TemplateLimits, templateLimitsAt } from './template-limits.js';
export {
  canMove,
  isEditable,
  isSendable,
  type Move,
  type Mover,
  movesFrom,
  nextStates,
  TEMPLATE_STATES,
  type TemplateState,
} from './template-state.js';
export { type VariableFault, type VariableForm, type Variables, variablesOf } from './variables.js';
export { type FateOfWaiting, fateOfWaiting } from './waiting-sends.js';
export { type SendRefusal, whyNotSendable } from './why-not-sendable.js';
