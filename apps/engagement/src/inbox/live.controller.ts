import { Controller, type MessageEvent, Sse, UseGuards } from '@nestjs/common';
import { ApiExcludeEndpoint } from '@nestjs/swagger';
import { defer, finalize, from, interval, last, map, merge, type Observable, switchMap, takeUntil } from 'rxjs';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { LiveUpdates } from './live-updates.js';

/** Proxies close what is silent for a minute. */
const HEARTBEAT_MS = 25_000;

@UseGuards(TenantGuard)
@Controller('api/v1/inbox/live')
export class LiveController {
  constructor(private readonly live: LiveUpdates) {}

  /** Server-sent events, without end, so it has no place in a document of requests and answers; see docs/api/inbox.md. */
  @Sse()
  @ApiExcludeEndpoint()
  watch(@TenantCaller() { tenantId }: Caller): Observable<MessageEvent> {
    return defer(() => from(this.live.watch(tenantId))).pipe(
      switchMap((updates) => {
        const beats = interval(HEARTBEAT_MS).pipe(
          takeUntil(updates.pipe(last(undefined, null))),
          map((): MessageEvent => ({ type: 'beat', data: {} })),
        );
        return merge(updates.pipe(map(({ type, ...data }): MessageEvent => ({ type, data }))), beats);
      }),
      finalize(() => void this.live.leave(tenantId)),
    );
  }
}
