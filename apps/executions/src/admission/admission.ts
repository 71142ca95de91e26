import type { Logger } from '@rpa/platform';
import type { Gate } from './held-start.js';
import type { Intake } from './intake.js';
import type { LetIn } from './let-in.js';
import type { UsageRepository } from './usage.repository.js';

/** Gates that are worked on at once: as many connections of the pool. */
const AT_ONCE = 2;
const SWEEP_MS = 250;
const USAGE_MS = 1_000;
const GATES_A_SWEEP = 100;
const DUE_A_SWEEP = 500;

interface Turn {
  gate: Gate;
  done: Promise<void>;
  settle: () => void;
}

/**
 * Looks at gates when something may have changed there: a start has come, a run has ended, a time has passed. Whatever was
 * missed (a replica has died) is found by a sweep over all gates. Each gate takes its turn, so that none waits for long.
 */
export class Admission {
  private readonly turns = new Map<string, Turn>();
  private atWork = 0;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;
  private last: Gate | null = null;
  private refreshedAt = 0;

  constructor(private readonly parts: { letIn: LetIn; intake: Intake; usage: UsageRepository; logger: Logger }) {}

  start(): void {
    this.plan();
  }

  stop(): void {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    for (const turn of this.turns.values()) turn.settle();
    this.turns.clear();
  }

  /** Resolves when the gate, and those behind it that somebody has come to, were looked at. */
  look(gate: Gate): Promise<void> {
    if (this.stopped) return Promise.resolve();
    const name = `${gate.stage} ${gate.organizationId} ${gate.key}`;
    const waiting = this.turns.get(name);
    if (waiting) return waiting.done;
    let settle = (): void => undefined;
    const done = new Promise<void>((resolve) => (settle = resolve));
    this.turns.set(name, { gate, done, settle });
    this.work();
    return done;
  }

  /** A run has ended: its slot is free, and its place. */
  ended({ organizationId, slot }: { organizationId: string; slot: string | null }): void {
    if (slot !== null) void this.look({ organizationId, stage: 'concurrency', key: slot });
    if (this.parts.intake.waitsForPlace(organizationId)) void this.look({ organizationId, stage: 'capacity', key: '' });
  }

  private work(): void {
    for (const [name, turn] of this.turns) {
      if (this.atWork >= AT_ONCE) return;
      this.turns.delete(name);
      this.atWork++;
      void this.take(turn).finally(() => {
        this.atWork--;
        this.work();
      });
    }
  }

  private async take({ gate, settle }: Turn): Promise<void> {
    try {
      const { next, more } = await this.parts.letIn.execute(gate);
      if (more) void this.look(gate);
      void Promise.all(next.map((each) => this.look(each))).then(settle);
    } catch (error) {
      this.parts.logger.warn({ err: error, ...gate }, 'Waiting starts could not be let in; the sweep tries again');
      settle();
    }
  }

  private plan(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.sweep().finally(() => this.plan()), SWEEP_MS * (0.75 + Math.random() / 2));
  }

  private async sweep(): Promise<void> {
    const { usage, intake, logger } = this.parts;
    try {
      for (const gate of await usage.due(DUE_A_SWEEP)) void this.look(gate);
      const gates = await usage.gates(this.last, GATES_A_SWEEP);
      this.last = gates.length < GATES_A_SWEEP ? null : (gates.at(-1) ?? null);
      for (const gate of gates) void this.look(gate);
      if (Date.now() - this.refreshedAt < USAGE_MS) return;
      this.refreshedAt = Date.now();
      if (gates.length > 0 || intake.hasQueue) await intake.refresh();
    } catch (error) {
      logger.debug({ err: error }, 'The queue of starts could not be looked at');
    }
  }
}
