export { FREE_ENTRY_RULES, type FreeEntry, type FreeEntryRule, freeEntryAt, freeEntryRuleAt } from './free-entry.js';
export {
  opensWindow,
  SERVICE_WINDOW_RULES,
  type ServiceWindow,
  type ServiceWindowRule,
  windowAt,
} from './service-window.js';
