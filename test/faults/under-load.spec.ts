import { Lab } from '../../tools/faults/lab.js';
import { Random } from '../../tools/faults/random.js';
import { isWithinRate, proveRate } from '../../tools/faults/rate-proof.js';
import { runScenario } from '../../tools/faults/run-scenario.js';
import { SCENARIOS } from '../../tools/faults/scenarios.js';

// The short form of `npm run faults`: every scenario once, several after one another before the audit.
const SEED = Date.now() % 1_000_000;
const PER_SECOND = 30;

describe(`a stack that is broken under load (seed ${SEED})`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start(new Random(SEED), () => {});
  }, 180_000);
  afterAll(() => lab?.stop(), 60_000);

  it.each([
    ['processes are killed', ['kill'], 60],
    ['Redis and PostgreSQL are', ['redis-flush', 'redis-restart', 'postgres-fast', 'postgres-immediate'], 30],
    ['Meta is in trouble', ['meta-500', 'meta-429', 'meta-429-wait', 'meta-drops-before', 'meta-drops-after'], 15],
    ['Meta is slow, its webhooks come three times, endpoints are away', ['meta-slow', 'mail-', 'shop-away'], 30],
  ])(
    'keeps every promise when %s',
    async (_, names, messages) => {
      const scenarios = SCENARIOS.filter((s) => names.some((name) => s.name.startsWith(name)));
      expect(scenarios.length).toBeGreaterThanOrEqual(names.length);
      const result = await runScenario(lab, scenarios, { perSecond: PER_SECOND, messages });
      expect({ examples: result.examples, left: result.left, holds: result.holds }).toEqual({
        examples: [],
        left: 0,
        holds: true,
      });
      expect(result.final + result.parked).toBe(result.accepted);
    },
    300_000,
  );

  it('never sends faster than Meta allows, with three workers that are killed meanwhile', async () => {
    for (const seen of await proveRate(lab, 4)) {
      expect({ ...seen, holds: isWithinRate(seen) }).toEqual({ ...seen, holds: true });
      expect(seen.calls).toBeGreaterThan(seen.allowed);
    }
  }, 300_000);
});
