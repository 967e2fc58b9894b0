import { jest } from '@jest/globals';
import { getQueueToken, Process, Processor } from '@nestjs/bull';
import { Body, Controller, Get, Injectable, Module, Post, UseGuards } from '@nestjs/common';
import type { Job, Queue } from 'bull';
import { IsInt, IsString } from 'class-validator';
import { type Lanes, type Turn, Wake } from '#libs/queues';
import { type Caller, TenantCaller, TenantGuard, Tenants, TenantsModule } from '#libs/tenants';
import { eventually, http, type RunningApp, startApp, testEnvironment } from '../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../test/support/database.js';
import { ProcessModule } from './process.module.js';

class NoteRequest {
  @IsString() text: string;
  @IsInt() count: number;
}

@Controller('api/v1')
class NotesController {
  @Post('notes') add(@Body() note: NoteRequest): NoteRequest {
    return note;
  }
  @Get('surprise') surprise(): never {
    throw new Error('the database password is hunter2');
  }
  @UseGuards(TenantGuard) @Get('me') me(@TenantCaller() caller: Caller): Caller {
    return caller;
  }
}

const drained: string[] = [];
let during: ((tenantId: string, turn: Turn) => Promise<number | undefined>) | undefined;

@Injectable()
@Processor('billing.rate')
class RateProcessor {
  constructor(private readonly wake: Wake) {}
  @Process({ concurrency: 4 })
  process(job: Job<Lanes['billing.rate']>): Promise<void> {
    return this.wake.run('billing.rate', job, async ({ tenantId }, turn) => {
      drained.push(tenantId);
      return during?.(tenantId, turn);
    });
  }
}

@Module({
  imports: [ProcessModule.forRoot({ queues: ['billing.rate'] }), TenantsModule],
  controllers: [NotesController],
  providers: [RateProcessor],
})
class TestModule {}

describe('a process of Paloma', () => {
  let database: TestDatabase;
  let environment: Record<string, string>;
  let running: RunningApp;
  beforeAll(async () => {
    database = await cloneDatabase();
    environment = testEnvironment(database);
    running = await startApp(TestModule, environment, { name: 'notes', describe: 'Notes.' });
  });
  afterAll(async () => {
    await running.close();
    await database.drop();
  });

  it('is alive, ready, measured and documented', async () => {
    expect((await http('GET', `${running.url}/healthz`)).body).toEqual({ status: 'ok' });
    const ready = await eventually(async () => {
      const answer = await http('GET', `${running.url}/readyz`);
      return answer.status === 200 && answer;
    });
    expect(ready.body).toEqual({ status: 'ok' });
    expect((await http('GET', `${running.url}/metrics`)).body).toContain('http_request_duration_seconds');
    expect((await http('GET', `${running.url}/openapi.json`)).body.paths).toHaveProperty('/api/v1/notes');
    expect((await http('GET', `${running.url}/docs`)).status).toBe(200);
  });

  it.each([
    ['malformed JSON', 400, 'malformed_json', () => http('POST', `${running.url}/api/v1/notes`, { body: '{"text":' })],
    [
      'a missing and an unknown field',
      400,
      'invalid_request',
      () => http('POST', `${running.url}/api/v1/notes`, { body: { text: 'x', colour: 'red' } }),
    ],
    [
      'a body that is too large',
      413,
      'payload_too_large',
      () => http('POST', `${running.url}/api/v1/notes`, { body: { text: 'x'.repeat(2_000_000), count: 1 } }),
    ],
    ['an unknown path', 404, 'unknown_path', () => http('GET', `${running.url}/api/v1/nowhere`)],
    ['a surprise', 500, 'internal', () => http('GET', `${running.url}/api/v1/surprise`)],
    ['no key', 401, 'invalid_token', () => http('GET', `${running.url}/api/v1/me`)],
    ['a forged session', 401, 'unauthenticated', () => http('GET', `${running.url}/api/v1/me`, { token: 'a.b.c' })],
  ])('answers %s in its one envelope', async (_, status, code, ask) => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    expect(answer.body.error).toMatchObject({ code, message: expect.any(String), request_id: expect.any(String) });
    expect(JSON.stringify(answer.body)).not.toContain('hunter2');
    expect(answer.headers.get('x-request-id')).toBe(answer.body.error.request_id);
  });

  it('knows a tenant by its key until the key is revoked', async () => {
    const tenants = running.app.get(Tenants);
    const { tenantId } = await tenants.found(
      { name: 'Shop' },
      { email: 'Owner@Shop.example', password: 'correct horse' },
    );
    const { apiKey, apiKeyId } = await tenants.issueApiKey(tenantId, 'test');
    for (const headers of [
      { authorization: `Bearer ${apiKey}` },
      { 'd360-api-key': apiKey },
      { 'x-api-key': apiKey },
    ]) {
      expect((await http('GET', `${running.url}/api/v1/me`, { headers })).body).toMatchObject({ tenantId, apiKeyId });
    }
    expect((await http('GET', `${running.url}/api/v1/me?access_token=${apiKey}`)).status).toBe(200);
    await tenants.revokeApiKey(tenantId, apiKeyId);
    await eventually(async () => (await http('GET', `${running.url}/api/v1/me`, { token: apiKey })).status === 401);
    expect(await tenants.signIn('owner@shop.example', 'correct horse')).toMatchObject({ tenantId, role: 'owner' });
    expect(await tenants.signIn('owner@shop.example', 'wrong')).toBeUndefined();
  });

  it('drains a lane again when it was woken while it was being drained', async () => {
    const wake = running.app.get(Wake);
    const lane = { tenantId: 'lane-1' };
    during = async () => {
      during = undefined;
      await wake.lane('billing.rate', lane);
      return undefined;
    };
    await wake.lane('billing.rate', lane);
    // Twice at least: a wake may find the lane at work and just finished at once.
    await eventually(async () => drained.filter((t) => t === 'lane-1').length >= 2);
  });

  it('tells a lane at work that it was woken, whichever process woke it', async () => {
    const other = await startApp(TestModule, environment, { name: 'notes' });
    const heard: string[] = [];
    let hears = () => {};
    const isHearing = new Promise<void>((resolve) => {
      hears = resolve;
    });
    during = async (tenantId, turn) => {
      if (tenantId !== 'lane-4' || heard.length > 0) return undefined;
      const woken = turn.woken();
      hears();
      await woken;
      heard.push(tenantId);
      return undefined;
    };
    await running.app.get(Wake).lane('billing.rate', { tenantId: 'lane-4' });
    await isHearing;
    // Until it listens Redis tells it nothing; whoever waits for it looks by itself as well.
    await eventually(async () => {
      await other.app.get(Wake).lane('billing.rate', { tenantId: 'lane-of-another' });
      await other.app.get(Wake).lane('billing.rate', { tenantId: 'lane-4' });
      return heard.length > 0;
    });
    during = undefined;
    expect(heard).toEqual(['lane-4']);
    await other.close();
  });

  it('drains a lane that waits although others have work without end, and these go on after it', async () => {
    const wake = running.app.get(Wake);
    // As many as there are places.
    const busy = ['busy-1', 'busy-2', 'busy-3', 'busy-4'];
    let isEnough = false;
    during = async (tenantId, turn) => {
      while (busy.includes(tenantId) && !isEnough) {
        if (turn.isOver()) return 0;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return undefined;
    };
    const turnsOf = (lane: string) => drained.filter((t) => t === lane).length;
    for (const tenantId of busy) await wake.lane('billing.rate', { tenantId });
    await eventually(async () => busy.every((lane) => turnsOf(lane) >= 1));
    const before = new Map(busy.map((lane) => [lane, turnsOf(lane)]));
    await wake.lane('billing.rate', { tenantId: 'patient' });
    await eventually(async () => turnsOf('patient') === 1, 60_000);
    const yielded = () => busy.filter((lane) => turnsOf(lane) > Number(before.get(lane)));
    await eventually(async () => yielded().length > 0);
    isEnough = true;
    during = undefined;
  });

  it('has no lane rest at its place while another waits for one', async () => {
    const wake = running.app.get(Wake);
    const busy = ['rests-1', 'rests-2', 'rests-3', 'rests-4'];
    let isEnough = false;
    let someoneWaits = () => {};
    const waited = new Promise<void>((resolve) => {
      someoneWaits = resolve;
    });
    const begun = new Set<string>();
    during = async (tenantId, turn) => {
      if (!busy.includes(tenantId)) return undefined;
      begun.add(tenantId);
      await waited;
      if (tenantId === 'rests-1') await turn.rest(1, { times: 1, least: 600_000, most: 600_000 });
      else await eventually(async () => isEnough, 120_000);
      return undefined;
    };
    for (const tenantId of busy) await wake.lane('billing.rate', { tenantId });
    await eventually(async () => begun.size === busy.length);
    await wake.lane('billing.rate', { tenantId: 'who-waits' });
    someoneWaits();
    await eventually(async () => drained.includes('who-waits'), 60_000);
    isEnough = true;
    during = undefined;
  });

  it('drains a lane at the soonest of the times that were set for it', async () => {
    const wake = running.app.get(Wake);
    const [hour, soon] = [3_600_000, 50];
    for (const [tenantId, times] of [
      ['sooner-later', [soon, hour]],
      ['later-sooner', [hour, soon]],
    ] as const) {
      for (const inMs of times) await wake.laneLater('billing.rate', { tenantId }, inMs);
      await eventually(async () => drained.includes(tenantId));
    }
  });

  it('writes nothing to a queue that it closed', async () => {
    const other = await startApp(TestModule, environment, { name: 'notes' });
    const { client } = other.app.get<Queue>(getQueueToken('billing.rate'), { strict: false });
    await other.close();
    const write = jest.spyOn(client, 'sendCommand');
    await other.app.get(Wake).lane('billing.rate', { tenantId: 'lane-3' });
    expect(write).not.toHaveBeenCalled();
  });

  it('drains a lane again although Redis was flushed while its job was being taken', async () => {
    const wake = running.app.get(Wake);
    const queue = running.app.get<Queue>(getQueueToken('billing.rate'), { strict: false });
    // What is left of a job whose keys were flushed between being taken and being marked as taken.
    await queue.client.hset(queue.toKey('lane-2'), 'processedOn', '1');
    await wake.lane('billing.rate', { tenantId: 'lane-2' });
    await eventually(async () => drained.includes('lane-2'));
  });
});
