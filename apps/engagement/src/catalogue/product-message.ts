// Limits: Meta, "Product messages" and "Catalog messages", of 2025-11.
const MOST_PRODUCTS = 30;
const HEADER = 60;
const SECTION_TITLE = 24;

/** What is said around products. */
export interface ProductTexts {
  body?: string | undefined;
  footer?: string | undefined;
  /** Needed for several products. */
  header?: string | undefined;
}

/**
 * The message that shows products, as the Cloud API takes it, without `to`: one product, up to thirty, or the whole catalogue.
 *
 * @param shown the retailer ids; none for the whole catalogue
 * @param title of the section that several products stand in
 */
export function productMessage(
  metaCatalogId: string,
  shown: readonly string[],
  { body, footer, header }: ProductTexts,
  title = '',
): Record<string, unknown> {
  const texts = {
    ...(body ? { body: { text: body } } : {}),
    ...(footer ? { footer: { text: footer } } : {}),
  };
  const [first, ...others] = shown.slice(0, MOST_PRODUCTS);
  if (first === undefined)
    return interactive({ type: 'catalog_message', ...texts, action: { name: 'catalog_message' } });
  if (others.length === 0) {
    const action = { catalog_id: metaCatalogId, product_retailer_id: first };
    return interactive({ type: 'product', ...texts, action });
  }
  const heading = (header ?? title).slice(0, HEADER);
  const section = {
    title: (title || heading).slice(0, SECTION_TITLE),
    product_items: [first, ...others].map((product_retailer_id) => ({ product_retailer_id })),
  };
  return interactive({
    type: 'product_list',
    header: { type: 'text', text: heading },
    ...texts,
    action: { catalog_id: metaCatalogId, sections: [section] },
  });
}

const interactive = (content: object): Record<string, unknown> => ({ type: 'interactive', interactive: content });
