export { parseCategory, TEMPLATE_CATEGORIES, type TemplateCategory } from './category.js';
export { holdReport, judgeReport, type ReportJudgement, type Seen } from './judge-report.js';
export { isTemplateLanguage, normaliseLanguage, TEMPLATE_LANGUAGES } from './language.js';
export { pauseHours, readTemplateStatus, type StatusReading } from './read-status.js';
export { REJECTION_REASONS } from './rejection.js';
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
