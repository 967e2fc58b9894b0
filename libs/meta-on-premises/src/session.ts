import type { Clock } from '#libs/clock';

export interface Token {
  value: string;
  expiresAt: Date;
}

/** A token is renewed so long before it ends; it lives 7 days (general knowledge). */
const RENEW_BEFORE_MS = 60 * 60_000;

/** Holds the token of one On-Premises user, and lets all who need a new one share one login. */
export class Session {
  private held: Token | undefined;
  private loggingIn: Promise<Token> | undefined;

  constructor(
    private readonly login: () => Promise<Token>,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /**
   * @param refused a token that was just answered 401, so that it is not given again
   * @throws what the login throws, unless the token held is still good
   */
  async token(refused?: string): Promise<string> {
    const held = this.held?.value === refused ? undefined : this.held;
    if (held && msLeft(held, this.clock) > RENEW_BEFORE_MS) return held.value;
    this.loggingIn ??= this.login().finally(() => {
      this.loggingIn = undefined;
    });
    try {
      this.held = await this.loggingIn;
      return this.held.value;
    } catch (error) {
      if (held && msLeft(held, this.clock) > 0) return held.value;
      throw error;
    }
  }

  hold(token: Token): void {
    this.held = token;
  }
}

const msLeft = (token: Token, clock: Pick<Clock, 'now'>) => token.expiresAt.getTime() - clock.now().getTime();
