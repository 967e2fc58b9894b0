/** How well a template is received; `unknown` for a new one. */
export type TemplateQuality = 'green' | 'yellow' | 'red' | 'unknown';

const QUALITIES: Readonly<Record<string, TemplateQuality>> = {
  GREEN: 'green',
  YELLOW: 'yellow',
  RED: 'red',
  UNKNOWN: 'unknown',
};

/** Reads a quality score of a webhook or of `quality_score.score` (2025-10-22). Undefined for any other word. */
export const parseQuality = (word: unknown): TemplateQuality | undefined =>
  typeof word === 'string' && Object.hasOwn(QUALITIES, word.toUpperCase()) ? QUALITIES[word.toUpperCase()] : undefined;
