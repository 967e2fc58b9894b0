/** Products of one section. */
export interface FlowProduct {
  section: string;
  retailer_ids: string[];
}

/**
 * A message of several products. Meta takes up to ten sections and thirty products (Cloud API, multi-product messages), which
 * the gateway checks as it does for every message.
 */
export function productsMessage(step: {
  text: string;
  header?: string;
  catalog_id: string;
  products: readonly FlowProduct[];
}): Record<string, unknown> {
  return {
    type: 'interactive',
    interactive: {
      type: 'product_list',
      header: { type: 'text', text: step.header ?? step.products[0]?.section ?? '' },
      body: { text: step.text },
      action: {
        catalog_id: step.catalog_id,
        sections: step.products.map(({ section, retailer_ids }) => ({
          title: section,
          product_items: retailer_ids.map((product_retailer_id) => ({ product_retailer_id })),
        })),
      },
    },
  };
}
