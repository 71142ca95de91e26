import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';
import { AppError, errorStatus } from '@rpa/contracts';
import { CONFIG, LOGGER, toAppError, type Logger } from '@rpa/platform';
import { ReadFile } from '../files/read-file.js';
import { SaveFile } from '../files/save-file.js';
import type { StorageConfig } from '../storage.config.js';
import { TransferTickets } from './transfer-tickets.js';

const PATH = '/files';
const BEARER = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/;
const SILENCE_MS = 60_000;
const HEADERS_WITHIN_MS = 10_000;
/** A refused sender may go on for so long, so that it gets to read the refusal. */
const REFUSED_FOR_MS = 1_000;

/** The door for bytes: other services put and get content here, with a ticket. It knows no people. */
@Injectable()
export class TransferServer {
  private readonly server = createServer((request, response) => void this.answer(request, response));
  private transfers = 0;

  constructor(
    private readonly tickets: TransferTickets,
    private readonly saving: SaveFile,
    private readonly reading: ReadFile,
    @Inject(CONFIG) private readonly config: StorageConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.server.headersTimeout = HEADERS_WITHIN_MS;
    this.server.requestTimeout = 0;
    this.server.timeout = SILENCE_MS;
  }

  /** Transfers under way. */
  get load(): number {
    return this.transfers;
  }

  async listen(): Promise<void> {
    const { filesHost, filesPort, filesUrl } = this.config;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(filesPort, filesHost, () => resolve());
    });
    const { port } = this.server.address() as AddressInfo;
    const host = filesHost.includes(':') ? `[${filesHost}]` : filesHost;
    this.tickets.url = `${(filesUrl ?? `http://${host}:${port}`).replace(/\/$/, '')}${PATH}`;
  }

  /** Takes nothing new and lets transfers go on, at most so long. */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeIdleConnections();
    const cutOff = setTimeout(() => this.server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(cutOff);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (request.url?.split('?')[0] !== PATH) throw new AppError('not_found');
      if (this.transfers >= this.config.maxTransfers)
        throw new AppError('overloaded', `${this.transfers} files are sent and taken already.`);
      this.transfers++;
      try {
        await this.transfer(request, response);
      } finally {
        this.transfers--;
      }
    } catch (error) {
      this.refuse(request, response, error);
    }
  }

  private async transfer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
    if (!token) throw new AppError('unauthenticated');
    if (request.method === 'PUT') {
      // Whoever is refused in the middle must still be able to read why: that does not end the request.
      const content = request.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
      const file = await this.saving.execute(await this.tickets.upload(token), content);
      response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(file));
    } else if (request.method === 'GET') {
      const content = await this.tickets.download(token);
      const bytes = await this.reading.execute(content);
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': content.size });
      await pipeline(Readable.from(bytes, { objectMode: false }), response);
    } else throw new AppError('method_not_allowed');
  }

  private refuse(request: IncomingMessage, response: ServerResponse, thrown: unknown): void {
    const error = AppError.is(thrown) ? thrown : toAppError(thrown);
    // A sender that went away in the middle has nothing to do with us.
    const isGone = request.destroyed && !request.complete;
    if (error.code === 'internal' && !isGone) this.logger.error({ err: thrown }, 'A transfer failed');
    if (response.headersSent || isGone) return void response.destroy();
    response.writeHead(errorStatus(error.code), { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(error.toBody()));
    request.resume();
    setTimeout(() => request.destroy(), REFUSED_FOR_MS).unref();
  }
}
