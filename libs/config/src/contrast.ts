const channel = (text: string): number => {
  const share = Number.parseInt(text, 16) / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};

/** @param color `#` and six hexadecimals (sRGB). @returns relative luminance from 0, black, to 1, white (WCAG 2.2) */
const luminance = (color: string): number => {
  const [, red = '', green = '', blue = ''] = /^#(..)(..)(..)$/.exec(color) ?? [];
  return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
};

/**
 * The contrast ratio of two colours as WCAG 2.2 defines it, from 1 (the same) to 21 (black and white).
 *
 * @param a `#` and six hexadecimals
 * @param b the same
 */
export function contrast(a: string, b: string): number {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

/** What text of an ordinary size needs (WCAG 2.2, success criterion 1.4.3, level AA). */
const READABLE = 4.5;

/** Whether white text can be read on a colour, and so the colour as a link on white; false for what is no `#rrggbb`. */
export const carriesWhiteText = (color: string): boolean =>
  /^#[0-9a-f]{6}$/i.test(color) && contrast(color, '#ffffff') >= READABLE;
