import { Injectable } from '@nestjs/common';
import { GraphClient } from '#libs/meta-cloud';
import { chatLink } from './chat-link.js';
import { Numbers } from './numbers.js';
import { refuseAsMeta } from './refuse-as-meta.js';

interface GraphQr {
  code: string;
  prefilled_message?: string;
  deep_link_url?: string;
  qr_image_url?: string;
}

const view = (qr: GraphQr) => ({
  code: qr.code,
  text: qr.prefilled_message ?? '',
  url: qr.deep_link_url ?? null,
  image_url: qr.qr_image_url ?? null,
});

/** What a merchant puts on a website or a poster: click-to-chat links, and Meta's QR codes (message_qrdls). */
@Injectable()
export class NumberLinks {
  constructor(
    private readonly numbers: Numbers,
    private readonly graph: GraphClient,
  ) {}

  async chatLink(tenantId: string, id: string, text?: string): Promise<string> {
    const { number } = await this.numbers.find(tenantId, id);
    return chatLink(number.displayPhoneNumber, text);
  }

  async list(tenantId: string, id: string) {
    const { data } = await this.ask<{ data?: GraphQr[] }>(tenantId, id, 'GET', '', {});
    return (data ?? []).map(view);
  }

  async make(tenantId: string, id: string, text: string, image?: 'PNG' | 'SVG') {
    const query = { prefilled_message: text, generate_qr_image: image };
    return view(await this.ask<GraphQr>(tenantId, id, 'POST', '', query));
  }

  async remove(tenantId: string, id: string, code: string): Promise<void> {
    await this.ask(tenantId, id, 'DELETE', `/${encodeURIComponent(code)}`, {});
  }

  private async ask<T>(
    tenantId: string,
    id: string,
    method: 'GET' | 'POST' | 'DELETE',
    rest: string,
    query: Record<string, string | undefined>,
  ): Promise<T> {
    const { number, waba } = await this.numbers.find(tenantId, id);
    const token = this.numbers.tokenOf(waba);
    try {
      return await this.graph.call<T>({
        method,
        path: `/${number.metaPhoneNumberId}/message_qrdls${rest}`,
        query,
        token,
      });
    } catch (error) {
      throw refuseAsMeta(error);
    }
  }
}
