import { Readable } from 'node:stream';
import { AppError, type FollowJournalRequest, type JournalEntry } from '@rpa/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { followExecution } from './follow-journal.js';
import type { LiveReader } from './live-reader.js';
import { Places } from './places.js';
import type { WatchedJournals } from './watched-journals.js';

const HEARTBEAT_MS = 15_000;
/** As long as an access token lives: who may still see it comes again with `Last-Event-ID`. */
const LONGEST_MS = 15 * 60_000;
const RECONNECT_MS = 2_000;

/** Streams of one execution as server-sent events. */
export class ExecutionStreams {
  private readonly places: Places;
  private readonly open = new Set<AbortController>();

  constructor(
    private readonly sources: { reader: LiveReader; journals: WatchedJournals },
    perOrganization: number,
    private readonly heartbeatMs = HEARTBEAT_MS,
  ) {
    this.places = new Places(perOrganization, 'streams');
  }

  /**
   * Answers with the journal from `after` on, each entry an event whose id is its `seq`.
   * @throws `not_found`, `rate_limited` when the organization has too many streams
   */
  async answer(request: FastifyRequest, reply: FastifyReply, wish: FollowJournalRequest): Promise<FastifyReply> {
    const organizationId = request.state?.principal?.organizationId;
    if (!organizationId) throw new AppError('unauthenticated');
    const { id: executionId, after } = wish;
    const first = await this.sources.reader.journal(organizationId, executionId, after);
    // What was followed to its end has no next event; 204 tells a browser not to come again.
    if (first.complete && first.data.length === 0 && after > 0) return reply.code(204).send();
    const leave = this.places.take(organizationId);
    const closing = new AbortController();
    this.open.add(closing);
    const timer = setTimeout(() => closing.abort(), LONGEST_MS).unref();
    reply.raw.once('close', () => {
      clearTimeout(timer);
      closing.abort();
      this.open.delete(closing);
      leave();
    });
    const where = { organizationId, executionId, after, quietMs: this.heartbeatMs, signal: closing.signal };
    const body = Readable.from(events(followExecution(this.sources, where)), { objectMode: false });
    return reply
      .header('content-type', 'text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .send(body);
  }

  /** Ends all streams; their viewers come again elsewhere. */
  stop(): void {
    for (const closing of this.open) closing.abort();
  }
}

async function* events(parts: ReturnType<typeof followExecution>): AsyncGenerator<string> {
  yield `retry: ${RECONNECT_MS}\n\n`;
  for await (const part of parts) yield part === null ? ': still here\n\n' : part.entries.map(toEvent).join('');
}

function toEvent(entry: JournalEntry): string {
  return `id: ${entry.seq}\nevent: ${entry.type}\ndata: ${JSON.stringify(entry)}\n\n`;
}
