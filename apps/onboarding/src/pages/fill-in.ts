const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Fills `{{name}}` in a page, escaped for text and quoted attributes.
 *
 * @throws Error for a name without a value: a page with a hole in it must not go out
 */
export function fillIn(page: string, values: Readonly<Record<string, string>>): string {
  return page.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the page has no value for ${name}`);
    return value.replace(/[&<>"']/g, (c) => ESCAPED[c] as string);
  });
}
