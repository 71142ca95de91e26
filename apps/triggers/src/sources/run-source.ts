import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@rpa/contracts';
import { Bus } from '@rpa/messaging';
import { Identity, LOGGER, Transactions, type Logger } from '@rpa/platform';
import { eventKey } from '../events/read-event.js';
import { AcceptTriggerEvents, type TriggerEvent } from '../inbox/accept-trigger-events.js';
import { IntentSignal } from '../inbox/intent-signal.js';
import { TriggerProblems } from '../triggers/trigger-problems.js';
import { findTriggerType } from '../types/trigger-types.js';
import type { OwnSource, SourceContext, SourceEvent } from '../types/trigger-source.js';
import { RedeemTriggerCredential } from './redeem-trigger-credential.js';
import { TriggerSourcesRepository, type ClaimedSource } from './trigger-sources.repository.js';
import type { JsonObject } from '@rpa/contracts';

const MAX_EVENTS = 1_000;
const MAX_EVENT_BYTES = 256 * 1024;
/** A poll that takes longer is cut off. */
const POLL_TIMEOUT_MS = 300_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 300_000;
/** A single failure is a hiccup; from here on the trigger says that it is broken. */
const BROKEN_AFTER = 3;

/** Somebody else has the source by now, or its trigger was changed. */
class SourceLost extends Error {}

/** Works on one claimed source: one round of polls, or a stream until it ends. */
@Injectable()
export class RunSource {
  constructor(
    private readonly sources: TriggerSourcesRepository,
    private readonly accepting: AcceptTriggerEvents,
    private readonly credentials: RedeemTriggerCredential,
    private readonly transactions: Transactions,
    private readonly bus: Bus,
    private readonly identity: Identity,
    private readonly intents: IntentSignal,
    private readonly problems: TriggerProblems,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute(claimed: ClaimedSource, signal: AbortSignal): Promise<void> {
    const source = findTriggerType(claimed.type)?.source;
    if (!source)
      return this.sources.release(claimed, LAST_RETRY_MS, `Nothing here knows triggers of type ${claimed.type}.`);
    try {
      const waitMs = await (source.poll
        ? this.poll(claimed, source.poll, signal)
        : this.stream(claimed, source, signal));
      await this.sources.release(claimed, waitMs, null);
    } catch (error) {
      if (error instanceof SourceLost) return;
      if (signal.aborted) return this.sources.release(claimed, 0, null);
      await this.fail(claimed, error);
    }
  }

  private async poll(
    claimed: ClaimedSource,
    source: NonNullable<OwnSource<JsonObject, unknown>['poll']>,
    signal: AbortSignal,
  ): Promise<number> {
    for (let more = true; more;) {
      const within = AbortSignal.any([signal, AbortSignal.timeout(POLL_TIMEOUT_MS)]);
      const result = await abandonAt(within, source.poll(this.context(claimed, within)));
      const { events, checkpoint, lag = null } = result;
      await this.commit(claimed, events, checkpoint, lag);
      await result.committed?.();
      more = result.more === true && !signal.aborted;
    }
    return Math.max(1_000, source.everyMs(claimed.config));
  }

  private async stream(
    claimed: ClaimedSource,
    { stream }: { stream: NonNullable<OwnSource<JsonObject, unknown>['stream']> },
    signal: AbortSignal,
  ): Promise<number> {
    let lag: number | null = null;
    await stream.run({
      ...this.context(claimed, signal),
      accept: (events, checkpoint) => this.commit(claimed, events, checkpoint, lag),
      report: (status) => {
        lag = status.lag ?? null;
        const well = async (): Promise<void> => {
          await this.sources.markWell(claimed, lag);
          await this.problems.clear(claimed, 'source_failing');
        };
        well().catch((error: unknown) =>
          this.logger.warn({ err: error }, 'The status of a source could not be written'),
        );
      },
    });
    return 0;
  }

  private context(claimed: ClaimedSource, signal: AbortSignal): SourceContext<JsonObject, unknown> {
    const { triggerId: id, organizationId, name, config, checkpoint } = claimed;
    return {
      trigger: { id, organizationId, name },
      config,
      checkpoint,
      credential: (key) => this.credentials.execute({ id, organizationId }, key),
      ask: async (command, body) => {
        const principal = await this.identity.serviceToken({ id: organizationId, slug: claimed.organizationSlug });
        return this.bus.request(command, body, { principal });
      },
      signal,
      log: this.logger,
    };
  }

  /** Events, intents and checkpoint in one transaction, fenced by the lease. */
  private async commit(
    claimed: ClaimedSource,
    events: SourceEvent[],
    checkpoint: unknown,
    lag: number | null,
  ): Promise<void> {
    if (events.length > MAX_EVENTS)
      throw new Error(
        `A source may bring ${MAX_EVENTS} events at once, not ${events.length}; the rest comes with 'more'.`,
      );
    await this.transactions.run(async () => {
      if (!(await this.sources.advance(claimed, { checkpoint, events: events.length, lag }))) throw new SourceLost();
      await this.accepting.execute(events.map((event) => toTriggerEvent(claimed, event)));
    });
    claimed.checkpoint = checkpoint;
    if (claimed.failures > 0) await this.problems.clear(claimed, 'source_failing');
    claimed.failures = 0;
    if (events.length > 0) this.intents.wake();
  }

  private async fail(claimed: ClaimedSource, error: unknown): Promise<void> {
    const message = (error instanceof Error ? error.message : String(error)).replaceAll('\u0000', '').slice(0, 2_000);
    const waitMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(claimed.failures, 10));
    this.logger.warn({ err: error, triggerId: claimed.triggerId, type: claimed.type }, 'A source of events failed');
    await this.sources.release(claimed, Math.round(waitMs * (0.75 + Math.random() / 4)), message);
    const refused = AppError.is(error) && error.code === 'credential_refused';
    if (refused || claimed.failures + 1 >= BROKEN_AFTER)
      await this.problems.raise(claimed, refused ? 'credential_broken' : 'source_failing', message);
  }
}

function toTriggerEvent(claimed: ClaimedSource, event: SourceEvent): TriggerEvent {
  const { triggerId, organizationId } = claimed;
  const key = event.key === null ? null : eventKey(claimed.type, [triggerId, event.key]);
  const tooLarge = JSON.stringify(event.payload ?? null).length > MAX_EVENT_BYTES;
  const fault = event.fault ?? (tooLarge ? `The event has more than ${MAX_EVENT_BYTES} bytes.` : undefined);
  return {
    triggerId,
    organizationId,
    source: 'source',
    eventKey: key,
    payload: event.payload ?? null,
    headers: event.headers ?? {},
    ...(fault !== undefined && { fault }),
  };
}

/** Rejects when the signal is aborted, whether the work listens to it or not. */
function abandonAt<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('It was stopped.'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
