import type { Catalogue, Json } from '../state/records.js';
import { type GraphCall, isObject, requireAccess, requireText, structure } from './graph-call.js';
import { badParameter, GraphError, noSuchObject } from './graph-error.js';
import { page } from './paging.js';

// Marketing API, "Catalog Batch API" and "Product Catalog", read 2026-11-22.
const MOST_REQUESTS = 5_000;
const NEEDED = ['title', 'description', 'availability', 'condition', 'price', 'link', 'image_link'];
const PRICE = /^\d+(\.\d+)? [A-Z]{3}$/;
/** A batch is looked at a moment after it came. */
const BATCH_MS = 200;

export function createCatalogue(call: GraphCall): Json {
  const business = call.world.get('business', call.segments[0]);
  if (!business) throw noSuchObject(call.segments[0]!);
  return { id: call.world.addCatalogue({ name: requireText(call, 'name'), businessId: business.id }).id };
}

export function ownedCatalogues(call: GraphCall): Json {
  const owned = [...call.world.all('catalogue')].filter(({ businessId }) => businessId === call.segments[0]);
  return page(call, owned, ({ id, name }) => ({ id, name }));
}

/** Lets the numbers of an account sell from a catalogue of its business. */
export function connectCatalogue(call: GraphCall): Json {
  const wabaId = accountOf(call);
  const catalogue = call.world.get('catalogue', requireText(call, 'catalog_id'));
  if (!catalogue || catalogue.businessId !== call.world.get('waba', wabaId)?.businessId) {
    throw badParameter('catalog_id is of another business.');
  }
  catalogue.wabaIds.add(wabaId);
  return { success: true };
}

export function connectedCatalogues(call: GraphCall): Json {
  const wabaId = accountOf(call);
  const connected = [...call.world.all('catalogue')].filter(({ wabaIds }) => wabaIds.has(wabaId));
  return page(call, connected, ({ id, name }) => ({ id, name }));
}

function accountOf(call: GraphCall): string {
  const wabaId = call.segments[0]!;
  requireAccess(call, wabaId, wabaId);
  return wabaId;
}

/** A catalogue is seen by whoever may see an account that sells from it. */
function catalogueOf(call: GraphCall): Catalogue {
  const id = call.segments[0]!;
  const catalogue = call.world.get('catalogue', id);
  const scope = call.token?.wabaIds;
  if (!catalogue || (scope && ![...catalogue.wabaIds].some((wabaId) => scope.has(wabaId)))) throw noSuchObject(id);
  return catalogue;
}

/** Takes products in: UPDATE makes what is not there, DELETE takes out. What is malformed is said at once and not taken. */
export function itemsBatch(call: GraphCall): Json {
  const catalogue = catalogueOf(call);
  if (requireText(call, 'item_type') !== 'PRODUCT_ITEM') throw badParameter('item_type must be PRODUCT_ITEM.');
  const requests = structure(call, 'requests');
  if (!Array.isArray(requests) || requests.length > MOST_REQUESTS) {
    throw badParameter(`requests must be a list of at most ${MOST_REQUESTS}.`);
  }
  const validation: Json[] = [];
  let taken = 0;
  for (const request of requests) {
    const data = isObject(request) && isObject(request.data) ? request.data : {};
    const id = typeof data.id === 'string' ? data.id : '';
    const errors = problemsOf(isObject(request) ? request.method : undefined, id, data);
    if (errors.length > 0) {
      validation.push({ retailer_id: id, errors: errors.map((message) => ({ message })), warnings: [] });
    } else {
      taken++;
      if (isObject(request) && request.method === 'DELETE') catalogue.products.delete(id);
      else catalogue.products.set(id, { ...catalogue.products.get(id), ...data });
    }
  }
  if (taken === 0) return { handles: [], validation_status: validation };
  const handle = call.world.ids.token('Ac');
  catalogue.batches.set(handle, call.world.now() + BATCH_MS);
  return { handles: [handle], ...(validation.length > 0 ? { validation_status: validation } : {}) };
}

function problemsOf(method: unknown, id: string, data: Json): string[] {
  if (id === '') return ['A required field is missing: id.'];
  if (method === 'DELETE') return [];
  if (method !== 'CREATE' && method !== 'UPDATE') return ['The method must be CREATE, UPDATE or DELETE.'];
  const missing = NEEDED.filter((name) => typeof data[name] !== 'string' || data[name] === '');
  const problems = missing.map((name) => `A required field is missing: ${name}.`);
  if (typeof data.price === 'string' && !PRICE.test(data.price)) problems.push('The price is malformed.');
  return problems;
}

export function batchStatus(call: GraphCall): Json {
  const handle = requireText(call, 'handle');
  const finishedAt = catalogueOf(call).batches.get(handle);
  if (finishedAt === undefined) throw new GraphError(100, 'The handle is not known.');
  const status = call.world.now() >= finishedAt ? 'finished' : 'in_progress';
  return {
    data: [
      {
        handle,
        status,
        errors: [],
        errors_total_count: 0,
        warnings: [],
        warnings_total_count: 0,
        ids_of_invalid_requests: [],
      },
    ],
  };
}

export function listProducts(call: GraphCall): Json {
  const products = Array.from(catalogueOf(call).products, ([id, data]) => ({ id, data }));
  return page(call, products, ({ id, data }) => ({
    id,
    retailer_id: id,
    name: data.title,
    price: data.price,
    availability: data.availability,
    url: data.link,
    image_url: data.image_link,
    review_status: 'approved',
  }));
}
