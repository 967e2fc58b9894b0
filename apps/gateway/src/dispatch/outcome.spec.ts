import { GraphError, GraphUnreachableError } from '#libs/meta-cloud';
import type { MessageRow } from '#libs/outbox';
import { outcomeOfAnswer, outcomeOfError } from './outcome.js';

const now = new Date('2026-11-22T12:00:00.000Z');
const message = (attempts = 1) => ({ messageId: 'm', attempts }) as MessageRow;
const refused = (code: number, status = 400) => new GraphError(status, { error: { message: 'x', code } });
const seconds = (n: number) => new Date(now.getTime() + n * 1_000);

describe('what became of a call to Meta', () => {
  it('is told by its answer', () => {
    expect(outcomeOfAnswer(message(), { metaMessageId: 'w' }).result).toMatchObject({
      became: 'submitted',
      metaMessageId: 'w',
    });
    const held = { metaMessageId: 'w', messageStatus: 'held_for_quality_assessment' };
    expect(outcomeOfAnswer(message(), held).result).toMatchObject({ became: 'held' });
    expect(outcomeOfAnswer(message(), {}).result).toMatchObject({ became: 'unknown' });
  });

  it.each<[string, unknown, string]>([
    ['a connection that was lost after the call left', new GraphUnreachableError(true, new Error('reset')), 'unknown'],
    ['a connection that was never made', new GraphUnreachableError(false, new Error('refused')), 'accepted'],
    ['a proxy that gave up waiting', new GraphError(504, undefined), 'unknown'],
    ['a proxy that asks to slow down', new GraphError(429, undefined), 'accepted'],
    ['a page instead of a refusal', new GraphError(404, undefined), 'failed'],
    ['a recipient who cannot be reached', refused(131026), 'failed'],
    ['throughput', refused(130429, 429), 'accepted'],
    ['the pair rate', refused(131056), 'accepted'],
    ['an error of Meta’s servers', refused(131000, 500), 'accepted'],
    ['a template that Meta has not got ready yet', refused(134101), 'accepted'],
    ['part of it done', refused(131201), 'unknown'],
    ['our token withdrawn', refused(190, 401), 'accepted'],
    ['a code in no list', refused(999_999), 'failed'],
    ['a mistake of our own', new TypeError('x is not a function'), 'unknown'],
  ])('after %s', (_, thrown, became) => {
    expect(outcomeOfError(message(), thrown, now).result.became).toBe(became);
  });

  it('waits longer each time, and as long as Meta asks for the pair rate (4^X s)', () => {
    const at = (code: number, attempts: number) => outcomeOfError(message(attempts), refused(code), now).result;
    expect(at(131000, 1)).toMatchObject({ notBefore: seconds(1) });
    expect(at(131000, 3)).toMatchObject({ notBefore: seconds(5) });
    expect(at(131000, 99)).toMatchObject({ notBefore: seconds(300) });
    expect(at(131056, 4)).toMatchObject({ notBefore: seconds(64) });
    expect(at(134101, 1)).toMatchObject({ notBefore: seconds(600) });
  });

  it('waits as long as it is asked to, where that is longer', () => {
    const asked = (seconds: number) => outcomeOfError(message(), new GraphError(429, undefined, seconds), now);
    expect(asked(0)).toMatchObject({ result: { notBefore: seconds(1) }, restMs: 1_000 });
    expect(asked(90)).toMatchObject({ result: { notBefore: seconds(90) }, restMs: 90_000 });
    const throughput = new GraphError(429, { error: { message: 'x', code: 130429 } }, 90);
    expect(outcomeOfError(message(), throughput, now)).toMatchObject({ restMs: 90_000 });
  });

  it.each([131031, 133010])('fails the message, and may mean all of its number (%d)', (code) => {
    const { result, trouble } = outcomeOfError(message(), refused(code), now);
    expect(result).toMatchObject({ became: 'failed', numberRefused: code, error: { code } });
    expect(trouble).toBe(true);
  });

  it('stops the whole number when more than this message is concerned', () => {
    expect(outcomeOfError(message(), refused(130429), now).restMs).toBeGreaterThan(0);
    expect(outcomeOfError(message(), refused(190), now).restMs).toBe(60_000);
    expect(outcomeOfError(message(), refused(131056), now).restMs).toBeUndefined();
    expect(outcomeOfError(message(), refused(131026), now).restMs).toBeUndefined();
    expect(outcomeOfError(message(), refused(134101), now).restMs).toBeUndefined();
  });
});
