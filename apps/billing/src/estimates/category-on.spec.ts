import { zoneClock } from '../rating/local-time.js';
import { categoryOn } from './category-on.js';

const announced = {
  category: 'utility',
  categoryNext: 'marketing',
  categoryNextAt: new Date('2026-11-23T03:00:00Z'),
} as const;

describe('the category of a template in an estimate', () => {
  it('is the one in force while Meta announced no other', () => {
    const settled = { category: 'utility', categoryNext: null, categoryNextAt: null } as const;
    expect(categoryOn(settled, new Date('2030-01-01'))).toBe('utility');
  });

  it('changes at the very instant that Meta named', () => {
    expect(categoryOn(announced, new Date('2026-11-23T02:59:59.999Z'))).toBe('utility');
    expect(categoryOn(announced, announced.categoryNextAt)).toBe('marketing');
  });

  it.each([
    ['America/Mexico_City', '2026-11-21', 'utility'],
    ['America/Mexico_City', '2026-11-22', 'marketing'],
    ['Europe/Madrid', '2026-11-22', 'utility'],
    ['Europe/Madrid', '2026-11-23', 'marketing'],
  ])('of a day counts from the day in %s on which the change comes: on %s %s', (zone, day, category) => {
    expect(categoryOn(announced, { day, zone: zoneClock(zone) })).toBe(category);
  });
});
