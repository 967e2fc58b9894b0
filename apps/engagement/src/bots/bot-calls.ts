import type { OnApplicationShutdown } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { AddressGuard, ForbiddenAddressError, OutgoingCalls } from '#libs/outgoing-calls';

/** A customer waits for the answer. */
const PATIENCE_MS = 10_000;

/** Calls of bots to the shop's own systems; they reach nothing of the provider's network. */
@Injectable()
export class BotCalls implements OnApplicationShutdown {
  private readonly guard = new AddressGuard(loadConfig(['WEBHOOK_ALLOWED_NETWORKS']).WEBHOOK_ALLOWED_NETWORKS);
  private readonly calls = new OutgoingCalls(this.guard, PATIENCE_MS);

  /** @returns what is wrong with an address, before anything is sent there */
  async problemOf(url: string): Promise<string | undefined> {
    try {
      await this.guard.judge(url);
      return undefined;
    } catch (error) {
      if (error instanceof ForbiddenAddressError) return error.message;
      throw error;
    }
  }

  /**
   * @param once the same for every repetition of one call, so that the shop can tell them
   * @returns the JSON object that came back; undefined when none did
   */
  async ask(url: string, body: unknown, once: string): Promise<Record<string, unknown> | undefined> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': once };
    const answer = await this.calls.post(url, JSON.stringify(body), headers);
    if (answer.error !== undefined) return undefined;
    try {
      const read: unknown = JSON.parse(answer.text ?? '');
      return typeof read === 'object' && read !== null && !Array.isArray(read)
        ? (read as Record<string, unknown>)
        : undefined;
    } catch {
      return undefined;
    }
  }

  onApplicationShutdown(): Promise<void> {
    return this.calls.close();
  }
}
