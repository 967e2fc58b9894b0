import { LANES } from '#libs/queues';
import { productSources } from './sources.js';

/** Which app's worker has a processor for each queue. */
function processors(sources: readonly { path: string; text: string }[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { path, text } of sources) {
    for (const [, queue] of text.matchAll(/@Processor\('([^']+)'\)/g)) {
      found.set(queue as string, [...(found.get(queue as string) ?? []), path.split('/')[1] as string]);
    }
  }
  return found;
}

describe('every queue', () => {
  it('has one processor, in the app that its name begins with', () => {
    const found = processors(productSources(['apps']));
    expect([...found.keys()].sort()).toEqual(Object.keys(LANES).sort());
    for (const [queue, apps] of found) expect([queue, apps]).toEqual([queue, [queue.split('.')[0]]]);
  });

  it('is seen to lack one', () => {
    const planted = [{ path: 'apps/billing/src/x.ts', text: "@Processor('gateway.dispatch')" }];
    expect([...processors(planted)]).toEqual([['gateway.dispatch', ['billing']]]);
  });
});
