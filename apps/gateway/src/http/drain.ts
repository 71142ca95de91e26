import type { FastifyInstance } from 'fastify';

const LOOK_EVERY_MS = 50;

/**
 * Lets a stop take as long as the requests in work, and no longer: connections that only lie open would hold it up, and
 * long waits (`?wait=`) are cut off after `graceMs`.
 */
export class Drain {
  private inWork = 0;

  constructor(private readonly server: FastifyInstance) {
    server.addHook('onRequest', (_request, reply, done) => {
      this.inWork++;
      reply.raw.once('close', () => this.inWork--);
      done();
    });
  }

  /** Call right before the server closes. */
  start(graceMs: number): void {
    const until = Date.now() + graceMs;
    const look = setInterval(() => {
      if (!this.server.server.listening && (this.inWork === 0 || Date.now() > until))
        this.server.server.closeAllConnections();
    }, LOOK_EVERY_MS);
    this.server.server.once('close', () => clearInterval(look));
  }
}
