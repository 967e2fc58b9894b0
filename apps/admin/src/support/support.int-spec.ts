import { Controller, Get, Module, Post, UseGuards } from '@nestjs/common';
import type { QueryRunner } from 'typeorm';
import { SystemClock } from '#libs/clock';
import { ProcessModule } from '#libs/process';
import { AuditLog } from '#libs/staff';
import { TenantEvents } from '#libs/tenant-events';
import {
  ApiKey,
  ApiKeyGuard,
  type Caller,
  SupportAccesses,
  Tenant,
  TenantCaller,
  Tenants,
  TenantsModule,
  TenantUser,
} from '#libs/tenants';
import { Vault } from '#libs/vault';
import { SupportUsesWithoutCustomers1795305600096 } from '../../../../migrations/1795305600096-support-uses-without-customers.js';
import { http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, connect, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { TellTenant } from '../tenants/tell-tenant.js';
import { GrantAccess } from './grant-access.js';

@Controller('api/v1')
@UseGuards(ApiKeyGuard)
class TenantRoutes {
  @Get('phone-numbers/:id/service-windows/:customer') window(): string {
    return 'open';
  }
  @Get('messages') list(@TenantCaller() caller: Caller): Caller {
    return caller;
  }
  @Get('conversations') read(): string {
    return 'what people wrote';
  }
  @Post('messages') send(): string {
    return 'sent';
  }
}
@Module({ imports: [ProcessModule.forRoot({ queues: [] }), TenantsModule], controllers: [TenantRoutes] })
class TenantAppModule {}

describe('looking into a tenant', () => {
  let database: TestDatabase;
  let app: RunningApp;
  let staff: Awaited<ReturnType<typeof connect>>;
  let granting: GrantAccess;
  let accesses: SupportAccesses;
  let shop: FoundedNumber;
  const clock = new SystemClock();
  const caller = (role: 'administrator' | 'support') => ({
    staffId: '0193b0a0-0000-7000-8000-000000000001',
    email: 'sam@provider.example',
    role,
    fromAddress: '127.0.0.1',
    requestId: 'r1',
  });

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp(TenantAppModule, testEnvironment(database, { LOG_LEVEL: 'fatal' }));
    staff = await connect(database.staffUrl, [Tenant, TenantUser, ApiKey]);
    accesses = new SupportAccesses(staff.db, clock);
    const tell = new TellTenant(new TenantEvents(clock), clock);
    granting = new GrantAccess(
      staff.db,
      new Tenants(staff.db, clock),
      accesses,
      tell,
      new AuditLog(new Vault([{ id: 'k', key: Buffer.alloc(32, 1) }]), clock),
    );
    shop = await foundNumber(database, 'Shop');
    await database.owner.query(
      `INSERT INTO staff_users (staff_id, email, password_hash, role, created_at) VALUES ($1, $2, '-', 'support', now())`,
      [caller('support').staffId, caller('support').email],
    );
  });
  afterAll(async () => {
    await app.close();
    await staff.close();
    await database.drop();
  });

  const grant = (more: { writes?: boolean; bodies?: boolean } = {}, role: 'administrator' | 'support' = 'support') =>
    granting.grant(
      shop.tenantId,
      { reason: 'ticket 7', minutes: 60, writes: false, bodies: false, ...more },
      caller(role) as Parameters<GrantAccess['grant']>[2],
    );
  const ask = async (token: string, method = 'GET', path = 'messages') =>
    (await http(method, `${app.url}/api/v1/${path}?cursor=x`, { token })).status;

  it('reads and changes nothing, and the tenant sees who, why, and every call', async () => {
    const { id, token } = await grant();
    expect(await ask(token)).toBe(200);
    expect(await ask(token, 'POST')).toBe(403);
    expect(await ask(token, 'GET', 'conversations')).toBe(403);
    const [access] = await staff.db.inTenant(shop.tenantId, (tx) => accesses.list(tx, shop.tenantId, { limit: 1 }));
    expect(access).toMatchObject({ id, who: 'sam@provider.example', reason: 'ticket 7', uses: 3, writes: false });
    const uses = await staff.db.inTenant(shop.tenantId, (tx) => accesses.uses(tx, shop.tenantId, id, { limit: 9 }));
    expect(uses.map((u) => [u.method, u.path, u.allowed])).toEqual([
      ['GET', '/api/v1/conversations', false],
      ['POST', '/api/v1/messages', false],
      ['GET', '/api/v1/messages', true],
    ]);
    const { rows } = await database.owner.query('SELECT kind, body FROM tenant_events WHERE tenant_id = $1', [
      shop.tenantId,
    ]);
    expect(rows).toEqual([{ kind: 'support_access', body: expect.stringContaining('ticket 7') }]);
    const { rows: audited } = await database.owner.query(`SELECT action, reason FROM audit_log WHERE tenant_id = $1`, [
      shop.tenantId,
    ]);
    expect(audited).toEqual([{ action: 'support.grant', reason: 'ticket 7' }]);
    await expect(database.owner.query('DELETE FROM support_uses')).rejects.toThrow('append-only');
  });

  it('reads what people wrote only where an administrator granted that', async () => {
    await expect(grant({ bodies: true })).rejects.toThrow('support.more');
    await expect(grant({ writes: true })).rejects.toThrow('support.more');
    const { token } = await grant({ bodies: true }, 'administrator');
    expect(await ask(token, 'GET', 'conversations')).toBe(200);
  });

  it('keeps no customer in a trace that is never changed, from which no erasure could take them', async () => {
    const { id, token } = await grant();
    expect(await ask(token, 'GET', 'phone-numbers/1060/service-windows/5215512345678')).toBe(200);
    const kept = async () =>
      (await database.owner.query('SELECT path FROM support_uses WHERE access_id = $1', [id])).rows;
    const redacted = '/api/v1/phone-numbers/1060/service-windows/[redacted]';
    expect(await kept()).toEqual([{ path: redacted }]);
    // As it was kept before, and as the migration leaves it.
    await database.owner.query(
      `INSERT INTO support_uses (tenant_id, use_id, access_id, at, method, path, allowed)
       VALUES ($1, gen_random_uuid(), $2, now() - interval '1 day', 'GET', $3, true)`,
      [shop.tenantId, id, redacted.replace('[redacted]', '5215587654321')],
    );
    await new SupportUsesWithoutCustomers1795305600096().up(database.owner as unknown as QueryRunner);
    expect(await kept()).toEqual([{ path: redacted }, { path: redacted }]);
    await expect(database.owner.query('DELETE FROM support_uses')).rejects.toThrow('append-only');
  });

  it('ends at once when it is ended, and by itself when its time is over', async () => {
    const { id, token } = await grant();
    expect(await ask(token)).toBe(200);
    await granting.end(shop.tenantId, id, caller('support') as Parameters<GrantAccess['end']>[2]);
    expect(await ask(token)).toBe(401);
    const late = await grant();
    await database.owner.query(
      `UPDATE support_accesses SET expires_at = now() - interval '1 millisecond' WHERE access_id = $1`,
      [late.id],
    );
    expect(await ask(late.token)).toBe(401);
    // A token with another's secret, or for another tenant, is none.
    const other = await grant();
    expect(await ask(other.token.slice(0, -4) + (other.token.endsWith('AAAA') ? 'BBBB' : 'AAAA'))).toBe(401);
    expect(await ask('support_nonsense')).toBe(401);
  });
});
