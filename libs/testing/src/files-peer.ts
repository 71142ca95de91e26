import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openFiles, openUpload, retainFiles, type StoredFile } from '@rpa/contracts';

interface Hearing {
  subscribe(subject: string, handler: (body: unknown, msg: { respond(data: Uint8Array): boolean }) => void): unknown;
}
type IdOf = (file: { organizationId: string; sha256: string; contentType: string }) => string;

/**
 * Speaks storage's side of the file protocol and keeps everything in memory, for tests of services that use storage. One
 * organization; a ticket is worth what it was given for, for ever.
 */
export class FilesPeer {
  readonly files = new Map<string, { file: StoredFile; content: Buffer }>();
  /** Ids that an execution refers to. */
  readonly references = new Map<string, Set<string>>();
  /** Uploads that came to their end, in order; repeated ones too. */
  readonly saved: { executionId: string; id: string }[] = [];
  /** Answers transfers with 503. */
  away = false;
  /** Transfers that were answered so. */
  refused = 0;
  /** Told after an upload came to its end and before it is answered. */
  onSaved: ((id: string) => void) | null = null;
  private readonly tickets = new Map<string, { executionId: string; contentType: string } | { id: string }>();
  private readonly server: Server = createServer((request, response) => void this.transfer(request, response));

  private constructor(
    private readonly organizationId: string,
    private readonly idOf: IdOf,
  ) {}

  /** `bus` is a connection as the NATS user `storage`; `idOf` says what the id of a file is. */
  static async start(bus: Hearing, organizationId: string, idOf: IdOf): Promise<FilesPeer> {
    const peer = new FilesPeer(organizationId, idOf);
    await new Promise<void>((resolve) => peer.server.listen(0, '127.0.0.1', resolve));
    const answer = <Request>(subject: string, reply: (request: Request) => object): void => {
      bus.subscribe(subject, (body, msg) => {
        msg.respond(Buffer.from(JSON.stringify(reply(body as Request))));
      });
    };
    answer(openUpload.subject, (request: { executionId: string; contentType: string }) => {
      return { url: peer.url, token: peer.ticket(request), maxBytes: 1e9 };
    });
    answer(openFiles.subject, ({ executionId, ids }: { executionId: string; ids: string[] }) => {
      const known = ids.filter((id) => peer.references.get(executionId)?.has(id));
      return {
        files: known.map((id) => ({ ...peer.files.get(id)?.file, url: peer.url, token: peer.ticket({ id }) })),
      };
    });
    answer(retainFiles.subject, ({ executionId, from, ids }: { executionId: string; from: string; ids?: string[] }) => {
      const shared = [...(peer.references.get(from) ?? [])].filter((id) => ids?.includes(id) ?? true);
      for (const id of shared) peer.refer(executionId, id);
      return { retained: shared.length };
    });
    return peer;
  }

  /** What a file holds, as JSON. */
  json(id: string): unknown {
    return JSON.parse(this.files.get(id)?.content.toString() ?? 'null');
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/files`;
  }

  private ticket(worth: { executionId: string; contentType: string } | { id: string }): string {
    const token = randomUUID();
    this.tickets.set(token, worth);
    return token;
  }

  private refer(executionId: string, id: string): void {
    this.references.set(executionId, (this.references.get(executionId) ?? new Set<string>()).add(id));
  }

  private async transfer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const ticket = this.tickets.get(request.headers.authorization?.replace('Bearer ', '') ?? '');
    if (this.away || !ticket) {
      request.resume();
      this.refused++;
      response.writeHead(503).end(JSON.stringify({ code: 'unavailable', detail: 'Away.' }));
      return;
    }
    if ('id' in ticket) {
      response.end(this.files.get(ticket.id)?.content);
      return;
    }
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch {
      return;
    }
    const content = Buffer.concat(chunks);
    const { contentType, executionId } = ticket;
    const sha256 = createHash('sha256').update(content).digest('hex');
    const id = this.idOf({ organizationId: this.organizationId, sha256, contentType });
    const file = { id, size: content.length, contentType, sha256 };
    this.files.set(id, { file, content });
    this.refer(executionId, id);
    this.saved.push({ executionId, id });
    this.onSaved?.(id);
    response.writeHead(201).end(JSON.stringify(file));
  }
}
