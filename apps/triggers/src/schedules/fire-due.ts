import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, Metrics, Transactions, type Logger } from '@rpa/platform';
import { LRUCache } from 'lru-cache';
import { eventKey } from '../events/read-event.js';
import { FiresRepository, type NewFire } from '../fires/fires.repository.js';
import { AcceptTriggerEvents, type TriggerEvent } from '../inbox/accept-trigger-events.js';
import { IntentSignal } from '../inbox/intent-signal.js';
import { readSchedule, type ReadSchedule } from '../types/schedule/read-schedule.js';
import type { ScheduleConfig } from '../types/schedule/schedule-config.js';
import { planTicks, type TickPlan } from './plan-ticks.js';
import { SchedulesRepository, type DueSchedule, type NextTime } from './schedules.repository.js';

const BATCH = 200;
const CACHED = 20_000;
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 60, 3_600];

/**
 * Fires what is due: the times become events with the key `(schedule, time)`, which the inbox takes once, and the schedule
 * moves on, all in one transaction. Any replica may do it.
 */
@Injectable()
export class FireDue {
  private readonly read = new LRUCache<string, ReadSchedule>({ max: CACHED });
  private readonly lateness;

  constructor(
    private readonly schedules: SchedulesRepository,
    private readonly accepting: AcceptTriggerEvents,
    private readonly fires: FiresRepository,
    private readonly transactions: Transactions,
    private readonly intents: IntentSignal,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.lateness = metrics.histogram('rpa_schedule_lateness_seconds', 'How late times are fired', [], BUCKETS);
  }

  /** @returns whether there may be more, and otherwise how long nothing is due, in milliseconds */
  async execute(): Promise<{ more: boolean; idleMs: number }> {
    let fired = 0;
    const result = await this.transactions.run(async () => {
      const due = await this.schedules.lockDue(BATCH);
      const { now, nextDue } = await this.schedules.clock();
      if (due.length === 0) return { more: false, idleMs: nextDue === null ? Infinity : nextDue - now };
      const events: TriggerEvent[] = [];
      const misfires: NewFire[] = [];
      const next: NextTime[] = [];
      for (const one of due) {
        const plan = this.plan(one, now, next);
        if (!plan) continue;
        events.push(...plan.fire.map((tick) => toEvent(one, tick, plan)));
        misfires.push(...misfiresOf(one, plan));
        this.lateness.observe(Math.max(0, now - one.dueAt) / 1000);
      }
      await this.accepting.execute(events);
      await this.fires.insert(misfires);
      await this.schedules.advance(next);
      fired = events.length;
      return { more: due.length === BATCH, idleMs: 0 };
    });
    if (fired > 0) this.intents.wake();
    return result;
  }

  private plan(due: DueSchedule, now: number, next: NextTime[]): TickPlan | null {
    const { triggerId, organizationId, scheduledFor } = due;
    const schedule = this.readOf(due);
    if (!schedule) {
      // Checked when it was saved; zones can vanish with another version of the runtime.
      this.logger.error({ triggerId }, 'A schedule cannot be read any more');
      next.push({ triggerId, organizationId, scheduledFor: null, dueAt: null });
      return null;
    }
    const plan = planTicks(schedule, due.config as ScheduleConfig, triggerId, scheduledFor, now);
    const dueAt = plan.next === null ? null : plan.next + schedule.jitterOf(triggerId, plan.next);
    next.push({ triggerId, organizationId, scheduledFor: plan.next, dueAt });
    return plan;
  }

  private readOf({ triggerId, revision, config, anchor }: DueSchedule): ReadSchedule | null {
    const key = `${triggerId} ${revision}`;
    const known = this.read.get(key);
    if (known) return known;
    const schedule = readSchedule(config as ScheduleConfig, anchor);
    if (schedule) this.read.set(key, schedule);
    return schedule;
  }
}

function toEvent({ triggerId, organizationId, config }: DueSchedule, tick: number, plan: TickPlan): TriggerEvent {
  const scheduledFor = new Date(tick).toISOString();
  const missed = plan.missed.length + plan.olderMissed;
  return {
    triggerId,
    organizationId,
    source: 'schedule',
    eventKey: eventKey('tick', [triggerId, scheduledFor]),
    payload: { scheduledFor, timezone: (config as ScheduleConfig).timezone ?? 'UTC', ...(missed > 0 && { missed }) },
    headers: {},
  };
}

function misfiresOf({ triggerId, organizationId }: DueSchedule, { missed, olderMissed }: TickPlan): NewFire[] {
  const row = { triggerId, organizationId, outcome: 'misfired' as const };
  const rows = missed.map((tick) => {
    const at = new Date(tick).toISOString();
    return {
      ...row,
      reason: `It was due at ${at}, when nothing could fire it.`,
      eventKey: eventKey('tick', [triggerId, at]),
    };
  });
  if (olderMissed === 0) return rows;
  const before = new Date(missed[0] ?? 0).toISOString();
  return [
    {
      ...row,
      reason: `${olderMissed} more times were due before ${before}, when nothing could fire them.`,
      eventKey: null,
    },
    ...rows,
  ];
}
