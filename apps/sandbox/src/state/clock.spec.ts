import fc from 'fast-check';
import { SandboxClock } from './clock.js';

describe('the sandbox clock', () => {
  const clock = new SandboxClock();
  afterEach(() => clock.reset());
  afterAll(() => clock.stop());

  it('runs with real time until it is moved', () => {
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000);
  });

  it('fires what falls due on the way in order, each at its own instant', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1_000, max: 1e9 }), { maxLength: 50 }), (delays) => {
        clock.reset();
        const start = clock.now();
        const seen: number[] = [];
        for (const delay of delays) clock.at(start + delay, () => seen.push(clock.now() - start));
        const fired = clock.moveTo(start + 1e9);
        expect(fired).toBe(delays.length);
        expect(seen).toEqual([...delays].sort((a, b) => a - b));
      }),
    );
  });

  it('fires on the same move what a fired timer asks for', () => {
    const start = clock.now();
    const seen: string[] = [];
    clock.at(start + 1_000, () => {
      seen.push('delivered');
      clock.after(5_000, () => seen.push('read'));
    });
    clock.at(start + 7_000, () => seen.push('later'));
    clock.moveTo(start + 6_500);
    expect(seen).toEqual(['delivered', 'read']);
  });

  it('keeps waiting timers when it is moved back', () => {
    let fired = false;
    clock.after(60_000, () => {
      fired = true;
    });
    clock.moveTo(clock.now() - 86_400_000);
    clock.moveTo(clock.now() + 86_400_000 - 1_000);
    expect(fired).toBe(false);
    clock.moveTo(clock.now() + 62_000);
    expect(fired).toBe(true);
  });

  it('does not fire what was called off', () => {
    let fired = false;
    const callOff = clock.after(1_000, () => {
      fired = true;
    });
    callOff();
    clock.moveTo(clock.now() + 2_000);
    expect(fired).toBe(false);
  });

  it('goes on after a timer that fails, and reports it', () => {
    const errors: unknown[] = [];
    const watched = new SandboxClock((error) => errors.push(error));
    let fired = false;
    watched.after(1_000, () => {
      throw new Error('broken');
    });
    watched.after(2_000, () => {
      fired = true;
    });
    watched.moveTo(watched.now() + 3_000);
    watched.stop();
    expect(errors).toHaveLength(1);
    expect(fired).toBe(true);
  });

  it('fires by itself when real time comes', async () => {
    await new Promise<void>((fired) => clock.after(5, fired));
  });
});
