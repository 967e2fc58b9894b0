import type { Area } from './permissions.js';
import type { Need } from './route-needs.js';

/** What an access of the provider's staff allows beyond looking. */
export interface SupportMay {
  /** Also change what a merchant asks for help with. */
  writes: boolean;
  /** Also read what people wrote to each other. */
  bodies: boolean;
}

/** What help may change. Never: sending in the merchant's name, money, keys and people. */
const MENDABLE: readonly Area[] = ['templates', 'numbers', 'webhooks', 'onboarding', 'campaigns'];
/** Routes that show what people wrote, though their area does not: files, events, and posts with their bodies. */
const SHOWS_BODIES = /(^|\/)(media|attachments|events|deliveries)(\/|$)|^\/:\w+$/;

/**
 * Whether a member of staff may make a call with an access.
 *
 * @param method HTTP method
 * @param route  the route's pattern
 */
export function supportMay(may: SupportMay, method: string, route: string, need: Need): boolean {
  // What is somebody's own, staff have of their own.
  if (need === 'own') return false;
  const [area, act] = need.split('.') as [Area, 'read' | 'write'];
  if (area === 'keys' || area === 'people') return false;
  if (act === 'write' || (method !== 'GET' && method !== 'HEAD')) return may.writes && MENDABLE.includes(area);
  return may.bodies || !(area === 'contacts' || SHOWS_BODIES.test(route));
}
