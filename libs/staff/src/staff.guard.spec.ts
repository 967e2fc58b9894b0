import { Controller, type ExecutionContext, Get } from '@nestjs/common';
import { Needs, needOf, PublicRoute, StaffGuard } from './staff.guard.js';
import type { StaffDesk } from './staff-desk.js';

@Controller('admin/v1/planted')
class PlantedController {
  @Get('forgotten') forgotten(): void {}
  @Get('named') @Needs('tenants.read') named(): void {}
  @Get('public') @PublicRoute() open(): void {}
}

const nobody = { find: async () => undefined } as unknown as StaffDesk;
const request = (url: string, handler: () => void) =>
  ({
    getHandler: () => handler,
    getClass: () => PlantedController,
    switchToHttp: () => ({
      getRequest: () => ({ routeOptions: { url }, headers: {} }),
      getResponse: () => ({}),
    }),
  }) as unknown as ExecutionContext;

describe('the guard of the staff API', () => {
  const guard = new StaffGuard(nobody);
  const { forgotten, named, open } = PlantedController.prototype;

  it('reads what a route was decorated with', () => {
    expect([needOf(forgotten), needOf(named), needOf(open)]).toEqual([undefined, 'tenants.read', 'public']);
  });

  it('lets nobody into a route whose permission was forgotten', async () => {
    await expect(guard.canActivate(request('/admin/v1/planted/forgotten', forgotten))).rejects.toThrow(
      'names no permission',
    );
  });

  it('lets nobody without a session into a route that names a permission', async () => {
    await expect(guard.canActivate(request('/admin/v1/planted/named', named))).rejects.toMatchObject({ status: 401 });
  });

  it('lets everyone into what is public and into what is not of the staff API', async () => {
    expect(await guard.canActivate(request('/admin/v1/planted/public', open))).toBe(true);
    expect(await guard.canActivate(request('/healthz', forgotten))).toBe(true);
  });
});
