import { Inject, Injectable } from '@nestjs/common';
import { triggerFired } from '@rpa/contracts';
import { Bus } from '@rpa/messaging';
import { LOGGER, Metrics, type Logger } from '@rpa/platform';
import { TriggerProblems } from '../triggers/trigger-problems.js';
import { EventFloor } from './event-floor.js';
import { FireIntent, type StartWait } from './fire-intent.js';
import { IntentSignal } from './intent-signal.js';
import { IntentsRepository, type ClaimedIntent, type Postponed, type Settled } from './intents.repository.js';

const BATCH = 50;
const LANES = 3;
const SWEEP_MS = 500;
/** After a batch that nobody answered: executions is away, and asking faster does not bring it back. */
const PAUSE_MS = 500;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;

/** Works off the open intents until each is answered, also those that a dead replica left. */
@Injectable()
export class RunIntents {
  private readonly running = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private again = false;
  private readonly fires;

  constructor(
    private readonly intents: IntentsRepository,
    private readonly fire: FireIntent,
    private readonly signal: IntentSignal,
    private readonly problems: TriggerProblems,
    private readonly floor: EventFloor,
    private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.fires = metrics.counter('rpa_trigger_fires_total', 'Events handled, by trigger type and outcome', [
      'type',
      'outcome',
    ]);
  }

  start(): void {
    this.signal.onWake(() => this.wake());
    this.timer = setInterval(() => this.wake(), SWEEP_MS);
    this.wake();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await Promise.all(this.running);
  }

  /** Handles the intents of one event now, whenever they are due. */
  async runEvent(eventId: string): Promise<Settled[]> {
    return this.handle(await this.intents.claimEvent(eventId));
  }

  /** Hands over an intent that the caller has claimed when it wrote it. @returns null when nobody answered: it is repeated */
  async runClaimed(intent: ClaimedIntent, wait?: StartWait): Promise<Settled | null> {
    const [settled] = await this.handle([intent], wait);
    return settled ?? null;
  }

  private wake(): void {
    if (this.stopped) return;
    this.again = true;
    if (this.running.size >= LANES) return;
    const lane = this.work().finally(() => {
      this.running.delete(lane);
      if (this.again) this.wake();
    });
    this.running.add(lane);
  }

  private async work(): Promise<void> {
    try {
      while (!this.stopped) {
        this.again = false;
        const claimed = await this.intents.claimDue(BATCH, this.floor.current);
        if (claimed.length === 0) return;
        const settled = await this.handle(claimed);
        if (settled.length === 0) await pause(PAUSE_MS);
      }
    } catch (error) {
      this.again = false;
      this.logger.warn({ err: error }, 'Events that wait could not be handled; they are tried again');
    }
  }

  private async handle(claimed: ClaimedIntent[], wait?: StartWait): Promise<Settled[]> {
    const settled: Settled[] = [];
    const postponed: Postponed[] = [];
    await Promise.all(
      claimed.map(async (intent) => {
        try {
          settled.push({ ...(await this.fire.execute(intent, wait)), intent });
        } catch (error) {
          const message = error instanceof Error ? error.message : String(error);
          postponed.push({ intent, waitMs: retryDelay(intent.attempts), error: message.replaceAll('\u0000', '') });
        }
      }),
    );
    await Promise.all([this.intents.settle(settled), this.intents.postpone(postponed)]);
    for (const one of settled) this.tell(one);
    await this.note(settled);
    if (postponed[0])
      this.logger.warn(
        { count: postponed.length, reason: postponed[0].error },
        'Starts were not answered; trying again',
      );
    return settled;
  }

  /** A trigger whose workflow cannot be started says so, until something starts again. */
  private async note(settled: Settled[]): Promise<void> {
    for (const { intent, outcome, code, reason } of settled)
      if (code === 'workflow_not_published' || code === 'not_found')
        await this.problems.raise(intent, 'workflow_unpublished', reason ?? 'The workflow cannot be started.');
      else if (outcome === 'fired' && intent.hasProblem) await this.problems.clear(intent, 'workflow_unpublished');
  }

  private tell({ intent, outcome, reason, executionId }: Settled): void {
    this.fires.inc({ type: intent.type, outcome });
    this.bus.emit(triggerFired, intent.organizationId, {
      triggerId: intent.triggerId,
      workflowId: intent.workflowId,
      outcome,
      executionId,
      reason,
      at: new Date().toISOString(),
    });
  }
}

function retryDelay(attempts: number): number {
  const full = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts, 10));
  return Math.round(full * (0.5 + Math.random() / 2));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
