import { connect } from 'node:net';
import type { Socket } from 'node:net';

const PATIENCE_MS = 10_000;

/** A client that speaks the NATS protocol line by line, to see exactly what the server permits. */
export class RawNats {
  private received = '';
  private wake: () => void = () => undefined;

  private constructor(private readonly socket: Socket) {
    const more = (text: string) => {
      this.received += text;
      this.wake();
    };
    socket.on('data', (data) => more(data.toString('latin1')));
    socket.on('close', () => more('<closed>'));
    socket.on('error', () => undefined);
  }

  static async connect(url: string, user?: string, pass?: string): Promise<RawNats> {
    const { hostname, port } = new URL(url);
    const client = new RawNats(connect({ host: hostname, port: Number(port) }));
    await client.expect(/INFO .*\r\n/);
    const options = { verbose: false, pedantic: false, headers: true, no_responders: true, user, pass };
    client.send(`CONNECT ${JSON.stringify(options)}`);
    return client;
  }

  send(line: string): void {
    this.socket.write(`${line}\r\n`);
  }

  publish(subject: string, body: string, reply = ''): void {
    this.send(`PUB ${subject} ${reply} ${Buffer.byteLength(body)}\r\n${body}`);
  }

  /** Waits for a line and forgets everything up to it. */
  async expect(pattern: RegExp): Promise<RegExpExecArray> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const match = pattern.exec(this.received);
      if (match) {
        this.received = this.received.slice(match.index + match[0].length);
        return match;
      }
      if (performance.now() > deadline) throw new Error(`No ${pattern} in: ${this.received}`);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        setTimeout(resolve, 100);
      });
    }
  }

  /** All that came before the server has dealt with everything sent so far. */
  async settled(): Promise<string> {
    this.send('PING');
    const before = () => this.received.split(/PONG\r\n|<closed>/)[0] ?? '';
    const deadline = performance.now() + PATIENCE_MS;
    while (!/PONG\r\n|<closed>/.test(this.received) && performance.now() < deadline) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        setTimeout(resolve, 100);
      });
    }
    const answer = before();
    await this.expect(/PONG\r\n|<closed>/);
    return answer;
  }

  close(): void {
    this.socket.destroy();
  }
}
