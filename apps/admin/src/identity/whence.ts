import type { FastifyRequest } from 'fastify';
import type { AuditEntry } from '#libs/staff';

/** Where a request comes from, before anybody is signed in. */
export type Whence = Required<Pick<AuditEntry, 'fromAddress' | 'requestId'>> & Pick<AuditEntry, 'userAgent'>;

export function whenceOf(request: FastifyRequest): Whence {
  const agent = request.headers['user-agent'];
  return { fromAddress: request.ip, requestId: request.id, ...(agent ? { userAgent: agent.slice(0, 300) } : {}) };
}
