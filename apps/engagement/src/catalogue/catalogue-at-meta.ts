import { Injectable } from '@nestjs/common';
import { GraphClient } from '#libs/meta-cloud';
import type { BatchRequest } from './batch-requests.js';

/** What Meta says of a batch. */
export interface BatchStatus {
  finished: boolean;
  /** By retailer id: what is wrong; those without a text of their own share the first. */
  refused: Map<string, string>;
  /** Why nothing of it was taken, where it failed as a whole; undefined where what is not refused is taken. */
  failed: string | undefined;
}

/** A product as Meta shows it. */
export interface ListedProduct {
  retailer_id: string;
  name?: string;
  availability?: string;
  review_status?: string;
}

interface Page<T> {
  data?: T[];
  paging?: { cursors?: { after?: string }; next?: string };
}

/** Pages of a catalogue that are read back at most: 100 products each. */
const MOST_PAGES = 1_000;
const PAGE = 100;

/** The commerce catalogue at Meta (Marketing API, "Catalog Batch API" and "Product Catalog", read 2026-11-22). */
@Injectable()
export class CatalogueAtMeta {
  constructor(private readonly graph: GraphClient) {}

  /** The catalogues that a WABA's numbers can sell from. */
  async connectedTo(metaWabaId: string, token: string): Promise<{ id: string; name?: string }[]> {
    const path = `/${metaWabaId}/product_catalogs`;
    const { data = [] } = await this.graph.call<Page<{ id: string; name?: string }>>({ path, token });
    return data;
  }

  /**
   * @param requests up to 5,000
   * @returns the handle of what was taken in, undefined for nothing; by retailer id what was refused at once
   */
  async send(
    metaCatalogId: string,
    requests: readonly BatchRequest[],
    token: string,
  ): Promise<{ handle: string | undefined; refused: Map<string, string> }> {
    const body = { item_type: 'PRODUCT_ITEM', allow_upsert: true, requests };
    const answer = await this.graph.call<{
      handles?: string[];
      validation_status?: { retailer_id: string; errors?: { message: string }[] }[];
    }>({ method: 'POST', path: `/${metaCatalogId}/items_batch`, body, token, timeoutMs: 60_000 });
    const refused = new Map<string, string>();
    for (const { retailer_id, errors = [] } of answer.validation_status ?? []) {
      if (errors.length > 0) refused.set(retailer_id, errors.map((e) => e.message).join(' '));
    }
    return { handle: answer.handles?.[0], refused };
  }

  async statusOf(metaCatalogId: string, handle: string, token: string): Promise<BatchStatus> {
    const path = `/${metaCatalogId}/check_batch_request_status`;
    const query = { handle, load_ids_of_invalid_requests: 'true' };
    const { data = [] } = await this.graph.call<
      Page<{ status: string; errors?: { id?: string; message: string }[]; ids_of_invalid_requests?: string[] }>
    >({ path, query, token });
    const [told] = data;
    const refused = new Map<string, string>();
    const errors = told?.errors ?? [];
    for (const id of told?.ids_of_invalid_requests ?? []) refused.set(id, errors[0]?.message ?? 'Meta refused it.');
    for (const { id, message } of errors) if (id) refused.set(id, message);
    // A handle that Meta no longer knows is not waited for.
    const failed = told?.status === 'error' ? (errors[0]?.message ?? 'Meta could not take the batch.') : undefined;
    return { finished: !told || told.status === 'finished' || failed !== undefined, refused, failed };
  }

  /** Everything that is listed. */
  async read(metaCatalogId: string, token: string): Promise<ListedProduct[]> {
    const listed: ListedProduct[] = [];
    let after: string | undefined;
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const query = { fields: 'retailer_id,name,availability,review_status', limit: String(PAGE), after };
      const page = await this.graph.call<Page<ListedProduct>>({ path: `/${metaCatalogId}/products`, query, token });
      listed.push(...(page.data ?? []));
      after = page.paging?.next ? page.paging.cursors?.after : undefined;
      if (!after) break;
    }
    return listed;
  }
}
