/** Every number of the template grammar. Lengths are in characters as a person counts them (code points). */
export interface TemplateLimits {
  /** First day of these limits, UTC. */
  readonly from: string;
  readonly name: number;
  readonly headerText: number;
  readonly body: number;
  /** Emoji in a body. */
  readonly bodyEmoji: number;
  /** The body of a template with a limited-time offer. */
  readonly offerBody: number;
  readonly offerText: number;
  /** The body under a header of format PRODUCT. */
  readonly productBody: number;
  readonly footer: number;
  readonly buttons: number;
  readonly urlButtons: number;
  readonly phoneButtons: number;
  readonly copyCodeButtons: number;
  readonly buttonText: number;
  readonly buttonUrl: number;
  readonly buttonPhone: number;
  readonly couponCode: number;
  readonly minCards: number;
  readonly maxCards: number;
  readonly cardButtons: number;
  readonly cardBody: number;
  readonly supportedApps: number;
  /** At send time: the body after substitution, if the template has more than a body, and if it has not. */
  readonly sentBody: number;
  readonly sentBodyAlone: number;
  /** At send time: sections of a multi-product button, their titles, and products in all of them. */
  readonly sections: number;
  readonly sectionTitle: number;
  readonly products: number;
  /** At send time: the code of an authentication template. */
  readonly authCode: number;
}

const BEFORE: TemplateLimits = {
  from: '2023-04-01',
  name: 512,
  headerText: 60,
  body: 1024,
  bodyEmoji: Number.POSITIVE_INFINITY,
  offerBody: 600,
  offerText: 16,
  productBody: 160,
  footer: 60,
  buttons: 10,
  urlButtons: 2,
  phoneButtons: 1,
  copyCodeButtons: 1,
  buttonText: 25,
  buttonUrl: 2000,
  buttonPhone: 20,
  couponCode: 15,
  minCards: 2,
  maxCards: 10,
  cardButtons: 2,
  cardBody: 160,
  supportedApps: 5,
  sentBody: 1024,
  sentBodyAlone: 32_768,
  sections: 10,
  sectionTitle: 24,
  products: 30,
  authCode: 15,
};

/**
 * Meta, template components page of 2025-11-21 and template type pages of 2025-11. Card bodies of 160 and the 32,768 of a
 * lone body are from client libraries and older pages. Coupon codes of 20 since 2025-12-03. The changelog of 2025-03-27
 * says that emoji may be limited; ten is what WhatsApp Manager is known to allow (unverified).
 */
const TEN_EMOJI: TemplateLimits = { ...BEFORE, from: '2025-03-27', bodyEmoji: 10 };

export const TEMPLATE_LIMITS: readonly TemplateLimits[] = [
  BEFORE,
  TEN_EMOJI,
  { ...TEN_EMOJI, from: '2025-12-03', couponCode: 20 },
];

/**
 * The limits in force on a day, which belongs to the new ones from its first moment.
 * @param day `YYYY-MM-DD`, UTC
 * @returns the oldest known for days before all of them
 */
export const templateLimitsAt = (day: string): TemplateLimits =>
  TEMPLATE_LIMITS.findLast((limits) => limits.from <= day) ?? TEMPLATE_LIMITS[0]!;

/** A length as a person counts it: an emoji outside the basic plane is one character, not two. */
export const lengthOf = (text: string): number => [...text].length;

/** Whether a text is longer than allowed; counts characters only if the text could be. */
export const isLonger = (text: string, allowed: number): boolean => text.length > allowed && lengthOf(text) > allowed;

// A flag or a family is several code points and one emoji to whoever counts them. Signs such as © are emoji only where
// they are written as one.
const CLUSTERS = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const EMOJI = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|\u20E3/u;

/** How many emoji a text has, each counted as often as it stands there. */
export function emojiIn(text: string): number {
  if (!EMOJI.test(text)) return 0;
  let count = 0;
  for (const { segment } of CLUSTERS.segment(text)) if (EMOJI.test(segment)) count++;
  return count;
}
