import type { RefusalCode } from '#libs/error-catalogue';
import type { TemplateCategory } from './category.js';
import type { TemplateLimits } from './template-limits.js';
import type { VariableFault } from './variables.js';

/** What can be wrong with a template before it is submitted. */
export type GrammarCode =
  | VariableFault
  | 'name_invalid'
  | 'language_unknown'
  | 'category_unknown'
  | 'format_unknown'
  | 'time_to_live_out_of_range'
  | 'components_missing'
  | 'component_malformed'
  | 'component_repeated'
  | 'component_not_allowed'
  | 'header_format_unknown'
  | 'header_example_missing'
  | 'header_variables'
  | 'header_markdown'
  | 'body_missing'
  | 'footer_variables'
  | 'text_missing'
  | 'text_too_long'
  | 'text_not_allowed'
  | 'example_missing'
  | 'emoji_too_many'
  | 'variables_too_many'
  | 'variables_wrong_form'
  | 'buttons_missing'
  | 'buttons_too_many'
  | 'buttons_out_of_order'
  | 'button_value_unknown'
  | 'button_field_missing'
  | 'button_url_variable'
  | 'otp_invalid'
  | 'code_expiration_out_of_range'
  | 'offer_invalid'
  | 'cards_count'
  | 'cards_differ'
  | 'card_header_missing';

/** The refusal a problem leads to, by its name in the error catalogue. */
export type GrammarRefusal = Extract<
  RefusalCode,
  | 'template_invalid'
  | 'template_too_long'
  | 'template_header_invalid'
  | 'template_body_invalid'
  | 'template_footer_invalid'
  | 'template_variable_at_edge'
  | 'template_variable_ratio'
>;

export interface GrammarProblem {
  readonly code: GrammarCode;
  readonly refusal: GrammarRefusal;
  /** The place in the submitted template, such as `components[1].buttons[0].text`. */
  readonly at: string;
  /** What is wrong and how to put it right. */
  readonly says: string;
}

/** What every check needs: the numbers, what the template is, and where to write problems down. */
export interface GrammarCheck {
  readonly limits: TemplateLimits;
  readonly category: TemplateCategory | undefined;
  /** How the template's variables are written. */
  readonly form: 'positional' | 'named';
  readonly report: (code: GrammarCode, at: string, says: string) => void;
}

// Problems of one part of the template leave with that part's subcode, whatever their name.
const PART: readonly (readonly [RegExp, GrammarRefusal])[] = [
  [/^header_|^card_header/, 'template_header_invalid'],
  [/^body_/, 'template_body_invalid'],
  [/^footer_/, 'template_footer_invalid'],
  [/^text_too_long$/, 'template_too_long'],
  [/^variable_at_edge$/, 'template_variable_at_edge'],
  [/^variables_too_many$/, 'template_variable_ratio'],
  [/^emoji_too_many$/, 'template_body_invalid'],
];

/** The refusal of a problem: 2388040, 2388047, 2388072, 2388073, 2388293, 2388299, or the general one. */
export const refusalOf = (code: GrammarCode): GrammarRefusal =>
  PART.find(([names]) => names.test(code))?.[1] ?? 'template_invalid';
