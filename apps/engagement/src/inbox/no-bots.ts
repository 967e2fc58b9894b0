import { Injectable } from '@nestjs/common';
import { BotEar } from './hear-customer.js';

/** An inbox without bots: people answer everything. */
@Injectable()
export class NoBots extends BotEar {
  async heard(): Promise<void> {}
  async starts(): Promise<boolean> {
    return false;
  }
  async givenBack(): Promise<boolean> {
    return false;
  }
}
