import type { Logger } from '@rpa/platform';
import type { Pool, PoolClient } from 'pg';
import type { NudgeOwner } from '../inbox/nudge-owner.js';
import type { ResumeRuns } from '../ownership/resume-runs.js';
import type { RunsRepository } from '../ownership/runs.repository.js';
import { PASS_AT_ONCE, type GatesRepository, type Moved } from './gates.repository.js';
import { CHILDREN, type Gate } from './held-start.js';
import { inTransaction, lockGate } from './in-transaction.js';
import type { Intake } from './intake.js';

export interface LetInParts {
  pool: Pool;
  gates: GatesRepository;
  intake: Intake;
  runs: RunsRepository;
  /** Set once the replica is wired. */
  resume: () => ResumeRuns;
  nudge: () => NudgeOwner;
  leaseId: () => string | null;
  logger: Logger;
}

export interface Passed {
  /** Gates that somebody has come to. */
  next: Gate[];
  /** More wait here than one transaction takes. */
  more: boolean;
}

const SKIPPED = 'The workflow runs as often as it may at once, and its settings say to skip what comes meanwhile.';
const RATED =
  'The workflow has started as often as it may in the period, and its settings say to skip what comes beyond.';
const REPLACED = 'A newer start of the workflow has taken its place, as the settings of the workflow say.';

/** Takes starts through one gate, as many as may pass now, and begins those that have passed the last. */
export class LetIn {
  constructor(private readonly parts: LetInParts) {}

  async execute(gate: Gate): Promise<Passed> {
    if (gate.stage === 'capacity') return this.begin(gate);
    const { pool, nudge, logger } = this.parts;
    const { moved, cancelled } = await inTransaction(pool, async (client) => {
      await lockGate(client, gate);
      return this.pass(client, gate);
    });
    // The wishes are durable: should nobody hear of them now, the sweep finds them.
    if (cancelled.length > 0)
      await nudge()
        .execute(cancelled)
        .catch((error: unknown) => logger.debug({ err: error }, 'No nudge; the sweep finds it'));
    const next = new Map<string, Gate>();
    for (const { stage, gate: key } of moved)
      next.set(`${stage} ${key}`, { organizationId: gate.organizationId, stage, key });
    return { next: [...next.values()], more: moved.length >= PASS_AT_ONCE };
  }

  private async pass(client: PoolClient, gate: Gate): Promise<{ moved: Moved[]; cancelled: string[] }> {
    const { gates } = this.parts;
    if (gate.stage === 'debounce') return { moved: await gates.passSettled(client, gate), cancelled: [] };
    const isRate = gate.stage === 'rate_limit';
    const moved = isRate ? await gates.passRate(client, gate) : await gates.passSlots(client, gate);
    if (!(await gates.hasImpatient(client, gate))) return { moved, cancelled: [] };
    if (isRate) return { moved, cancelled: await gates.turnAway(client, gate, RATED) };
    const replaced = await gates.cancelOldest(client, gate, REPLACED);
    return { moved, cancelled: [...replaced, ...(await gates.turnAway(client, gate, SKIPPED))] };
  }

  private async begin(gate: Gate): Promise<Passed> {
    const { runs, resume, intake, leaseId } = this.parts;
    const own = leaseId();
    if (own === null) return { next: [], more: false };
    const ids = await this.leaveQueue(gate);
    if (ids.length === 0) return { next: [], more: false };
    intake.left(gate.organizationId, ids.length, true);
    const wanted = ids.map((id) => ({ id, former: null }));
    await resume().execute(await runs.claim(own, wanted, wanted.length));
    return { next: [], more: ids.length >= PASS_AT_ONCE };
  }

  private leaveQueue(gate: Gate): Promise<string[]> {
    const { pool, gates, intake } = this.parts;
    const { organizationId, key } = gate;
    return inTransaction(pool, async (client) => {
      await lockGate(client, gate);
      let room = key === CHILDREN ? PASS_AT_ONCE : intake.freePlaces(organizationId);
      const quota = key === CHILDREN ? null : intake.quotaOf(organizationId).running;
      if (quota !== null) room = Math.min(room, quota - (await gates.running(client, organizationId, quota)));
      return room > 0 ? gates.letIn(client, gate, room) : [];
    });
  }
}
