import { type ApplicationMove, type ApplicationState, clockAfter, movedBy } from './application-state.js';
import { screenApplication } from './screen-application.js';

describe('an application', () => {
  it('is decided only by who has claimed it, and a decision is the end', () => {
    const states: ApplicationState[] = ['unconfirmed', 'waiting', 'claimed', 'question', 'approved', 'declined'];
    expect(states.filter((s) => movedBy(s, 'approve'))).toEqual(['claimed']);
    const moves: ApplicationMove[] = [
      'confirm',
      'claim',
      'put-back',
      'reassign',
      'ask',
      'answer',
      'approve',
      'decline',
      'withdraw',
    ];
    for (const end of ['approved', 'declined', 'withdrawn'] as const) {
      expect(moves.filter((m) => movedBy(end, m))).toEqual([]);
    }
  });

  it('has a clock that stands still while the merchant is asked', () => {
    const at = (hour: number) => new Date(Date.UTC(2026, 10, 22, hour));
    const two = 2 * 3_600_000;
    const begun = clockAfter({ dueAt: null, pausedAt: null }, 'confirm', at(8), two);
    const asked = clockAfter(begun, 'ask', at(9), two);
    expect(clockAfter(asked, 'answer', at(14), two)).toEqual({ dueAt: at(15), pausedAt: null });
  });

  it.each([
    ['Florería y té', []],
    ['Casino en línea', ['GAMBLING']],
    ['Venda de MUNIÇÃO e armas', ['WEAPONS']],
    ['Vapeadores, cerveza artesanal', ['ALCOHOL', 'TOBACCO']],
    ['Farmacia con armarios', []],
  ])('is screened for trades that Meta forbids: %s', (text, trades) => {
    const found = screenApplication([text], []).map((f) => f.what === 'forbidden_trade' && f.trade);
    expect(found).toEqual(trades);
  });
});
