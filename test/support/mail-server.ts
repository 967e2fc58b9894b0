import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';

export interface TakenLetter {
  from: string;
  to: string[];
  /** Unfolded, by name in small letters; a name that comes twice has both values. */
  headers: Map<string, string[]>;
  text: string;
}

/** A mail server that takes letters over SMTP (RFC 5321, as far as a client without extensions needs it). */
export class MailServer {
  readonly taken: TakenLetter[] = [];
  /** What the next commands RCPT TO are answered, before letters are taken again. */
  readonly refusals: string[] = [];
  private readonly open = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<MailServer> {
    const server = createServer();
    const mail = new MailServer(server);
    server.on('connection', (socket) => mail.talk(socket));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return mail;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    await new Promise((done) => this.server.close(done));
  }

  private talk(socket: Socket): void {
    let [from, to, body, pending]: [string, string[], string[] | undefined, string] = ['', [], undefined, ''];
    const say = (line: string) => socket.write(`${line}\r\n`);
    const answer = (line: string): void => {
      if (body) {
        if (line !== '.') return void body.push(line.replace(/^\./, ''));
        this.taken.push({ from, to, ...readLetter(body) });
        [from, to, body] = ['', [], undefined];
        return void say('250 taken');
      }
      const address = /<(.*)>/.exec(line)?.[1] ?? '';
      if (/^(EHLO|HELO)/i.test(line)) say('250 mail.test');
      else if (/^MAIL FROM:/i.test(line)) {
        from = address;
        say('250 ok');
      } else if (/^RCPT TO:/i.test(line)) {
        const refusal = this.refusals.shift();
        if (!refusal) to.push(address);
        say(refusal ?? '250 ok');
      } else if (/^DATA/i.test(line)) {
        body = [];
        say('354 go on');
      } else if (/^QUIT/i.test(line)) {
        say('221 bye');
        socket.end();
      } else say('250 ok');
    };
    this.open.add(socket);
    socket.on('close', () => this.open.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setEncoding('utf8').on('data', (chunk) => {
      const lines = (pending + String(chunk)).split('\r\n');
      pending = lines.pop() ?? '';
      for (const line of lines) answer(line);
    });
    say('220 mail.test');
  }
}

function readLetter(lines: readonly string[]): Pick<TakenLetter, 'headers' | 'text'> {
  const end = lines.indexOf('');
  const headers = new Map<string, string[]>();
  for (const line of lines
    .slice(0, end)
    .join('\n')
    .replace(/\n[ \t]+/g, ' ')
    .split('\n')) {
    const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value]);
  }
  return { headers, text: decode(lines.slice(end + 1).join('\n'), headers.get('content-transfer-encoding')?.[0]) };
}

/** @param how 7bit, quoted-printable or base64 */
function decode(text: string, how = '7bit'): string {
  if (how === 'base64') return Buffer.from(text, 'base64').toString();
  if (how !== 'quoted-printable') return text;
  const bytes = text
    .replace(/=\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
