import { type GraphClient, GraphError } from '#libs/meta-cloud';
import { type GraphNumber, numberById } from '../signups/graph-account.js';
import { refuseAsMeta } from './refuse-as-meta.js';

/**
 * What Graph shows of a number now; one that it does not show to us any more is with another provider.
 *
 * @param id Meta's id of the number @throws Refusal
 */
export async function lookAtNumber(graph: GraphClient, id: string, token: string): Promise<Partial<GraphNumber>> {
  try {
    return await numberById(graph, id, token);
  } catch (error) {
    if (error instanceof GraphError && error.code === 100 && error.subcode === 33) return { status: 'MIGRATED' };
    throw refuseAsMeta(error);
  }
}
