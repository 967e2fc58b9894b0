import type { OpenSessionResponse } from './session.response.js';
import type { StaffSession } from './staff-sessions.js';

export const showSession = (s: StaffSession, current: string): OpenSessionResponse => ({
  id: s.sessionId,
  current: s.sessionId === current,
  way: s.way,
  agent: s.agent,
  from_address: s.fromAddress,
  created_at: s.createdAt,
  used_at: s.usedAt,
  expires_at: s.expiresAt,
});
