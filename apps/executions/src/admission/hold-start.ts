import { AppError } from '@rpa/contracts';
import { isDatabaseAway } from '@rpa/platform';
import type { Pool, PoolClient } from 'pg';
import { soon, type LargeValues } from '../values/large-values.js';
import type { Admission } from './admission.js';
import type { CountsRepository } from './counts.repository.js';
import { firstGate, type Gate, type HeldStart, type Stage } from './held-start.js';
import { inTransaction, lockGate } from './in-transaction.js';
import type { Intake } from './intake.js';
import type { StartQueueRepository } from './start-queue.repository.js';

export interface HoldStartParts {
  pool: Pool;
  queue: StartQueueRepository;
  counts: CountsRepository;
  intake: Intake;
  admission: Admission;
  values: LargeValues;
}

export interface Accepted {
  executionId: string;
  /** What it waits for still; null: it begins. */
  pendingReason: Stage | null;
}

const TRIES = 30;
const RETRY_MS = 100;
const ANSWER_WITHIN_MS = 1_000;

/**
 * Accepts a start that has to be counted before it begins. Its row is durable when this returns; that it begins follows from
 * the row, whoever lives then. Null: its key is taken by another start.
 */
export class HoldStart {
  constructor(private readonly parts: HoldStartParts) {}

  async execute(held: HeldStart): Promise<Accepted | null> {
    const { queue, intake, admission } = this.parts;
    const { organizationId } = held.row;
    const forCapacity = firstGate(held).stage === 'capacity';
    await intake.enter(organizationId, forCapacity);
    const accepted = await this.accept(held).catch((error: unknown) => {
      intake.left(organizationId, 1, forCapacity);
      throw error;
    });
    if (accepted?.executionId !== held.id) intake.left(organizationId, 1, forCapacity);
    if (!accepted) return null;
    const { executionId, gate } = accepted;
    if (gate.stage === 'debounce') return { executionId, pendingReason: 'debounce' };
    await within(admission.look(gate), ANSWER_WITHIN_MS);
    return { executionId, pendingReason: await queue.stageOf(organizationId, executionId).catch(() => gate.stage) };
  }

  /** Of an unknown outcome it is tried again: the same row is never written twice. */
  private async accept(held: HeldStart): Promise<{ executionId: string; gate: Gate } | null> {
    for (let tries = 1; ; tries++) {
      try {
        return await (isPlain(held) ? this.add(held) : inTransaction(this.parts.pool, (own) => this.write(own, held)));
      } catch (error) {
        if (!isDatabaseAway(error) || tries >= TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  private async add(held: HeldStart): Promise<{ executionId: string; gate: Gate } | null> {
    const taken = await this.parts.queue.add(this.parts.pool, held);
    return taken ? { executionId: held.id, gate: firstGate(held) } : null;
  }

  private async write(client: PoolClient, held: HeldStart): Promise<{ executionId: string; gate: Gate } | null> {
    const { queue } = this.parts;
    if (!(await queue.takeKey(client, held))) return null;
    const { debounce, row } = held;
    const { organizationId } = row;
    if (debounce) {
      const gate: Gate = { organizationId, stage: 'debounce', key: debounce.key };
      await lockGate(client, gate);
      const waiting = await queue.debounced(client, organizationId, debounce.key);
      if (waiting !== null) await this.handFiles(held, waiting);
      if (waiting !== null && (await queue.replace(client, waiting, held, debounce))) {
        await queue.moveKey(client, held, waiting);
        return { executionId: waiting, gate };
      }
    }
    const counted = debounce ? held : await this.count(client, held);
    await queue.add(client, counted);
    return { executionId: held.id, gate: firstGate(counted) };
  }

  /** The files of its inputs have to be those of the run that takes them over, before that refers to them. */
  private async handFiles({ id, row, input }: HeldStart, executionId: string): Promise<void> {
    const files = this.parts.values.forRun({ id: executionId, organizationId: row.organizationId });
    files.inherit(id, [input.inputs, input.trigger]);
    if (!files.isEmpty) await files.store(soon());
  }

  /** Refuses what its workflow says to skip. A run under one that holds a slot of the same lane needs none of its own. */
  private async count(client: PoolClient, held: HeldStart): Promise<HeldStart> {
    const { counts } = this.parts;
    const { lane, rate, row } = held;
    const { organizationId, parent } = row;
    const above = lane && parent && (await counts.heldAbove(client, organizationId, parent.executionId, lane.key));
    if (lane?.policy === 'skip' && !above) {
      await lockGate(client, { organizationId, stage: 'concurrency', key: lane.key });
      if ((await counts.inLane(client, organizationId, lane)) >= lane.limit)
        throw new AppError('start_skipped', `The workflow may run ${lane.limit} times at once, and does so already.`);
    }
    if (rate?.policy === 'skip') {
      await lockGate(client, { organizationId, stage: 'rate_limit', key: rate.key });
      const fullFor = await counts.rateFullFor(client, organizationId, rate);
      if (fullFor !== null)
        throw new AppError(
          'start_skipped',
          `The workflow may start ${rate.limit} times in ${rate.periodMs} ms, and has.`,
          {
            retryAfter: Math.ceil(fullFor / 1_000),
          },
        );
    }
    return above ? { ...held, lane: null } : held;
  }
}

/** Nothing has to be looked at before it is accepted. */
function isPlain({ lane, rate, debounce, row }: HeldStart): boolean {
  return !debounce && lane?.policy !== 'skip' && rate?.policy !== 'skip' && !(lane && row.parent);
}

async function within(done: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([done, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
