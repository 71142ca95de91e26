import { AppError, isTerminal, type AcceptedReply, type ExecutionStatus } from '@rpa/contracts';
import type { Logger } from '@rpa/platform';
import { v7 as newId } from 'uuid';
import type { ExecutionsRepository } from '../read/executions.repository.js';
import type { RunsRepository } from '../ownership/runs.repository.js';
import type { InboxRepository, OnceKey, Posted } from './inbox.repository.js';
import type { NudgeOwner } from './nudge-owner.js';

export interface Wish {
  organizationId: string;
  executionId: string;
  kind: string;
  /** Once a run as long as its journal does not have it. */
  dedupeKey: string;
  body: object;
  /** A repeat under the same key, for as long as keys are kept, is the same wish. */
  once?: OnceKey;
}

/** Makes a wish of somebody outside durable and then tells the owner of the run; the owner carries it out. */
export class PostStimulus {
  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly inbox: InboxRepository,
    private readonly runs: RunsRepository,
    private readonly nudge: NudgeOwner,
    private readonly logger: Logger,
  ) {}

  /** For people: says why a wish cannot be kept. */
  async execute(wish: Wish): Promise<AcceptedReply & { posted: Posted }> {
    const repeated = wish.once && (await this.repeatOf(wish.organizationId, wish.once));
    if (repeated) return { ...repeated, posted: 'known' };
    const { id, status } = await this.find(wish.organizationId, wish.executionId);
    const posted = await this.post(wish);
    if (posted === 'ended') throw ended((await this.find(wish.organizationId, id)).status);
    if (posted === 'full')
      throw new AppError('overloaded', 'The execution has not taken in yet what it was sent before; try again.');
    // Somebody else was quicker with the same key.
    if (posted === 'known' && wish.once) await this.repeatOf(wish.organizationId, wish.once);
    return { id, status, posted };
  }

  /** What was accepted under this key before; null: nothing. */
  async repeatOf(organizationId: string, { key, fingerprint }: OnceKey): Promise<AcceptedReply | null> {
    const known = await this.runs.byStartKey(organizationId, 'http', key);
    if (!known) return null;
    if (known.fingerprint !== fingerprint) throw new AppError('idempotency_mismatch');
    const { id, status } = await this.executions.brief(organizationId, known.executionId);
    return { id, status };
  }

  /** Nothing is kept for a run that has ended or is not the organization's. */
  async post(wish: Wish): Promise<Posted> {
    const { body, once, ...row } = wish;
    const posted = await this.inbox.post({ ...row, id: newId(), body: JSON.stringify(body) }, once);
    if (posted === 'new' || posted === 'known')
      // It is durable: should nobody hear of it now, the sweep finds it.
      await this.nudge
        .execute([wish.executionId])
        .catch((error: unknown) => this.logger.debug({ err: error }, 'No nudge; the sweep finds it'));
    return posted;
  }

  /** The execution, if it can still be told something. */
  async find(
    organizationId: string,
    executionId: string,
  ): Promise<{ id: string; status: ExecutionStatus; versionId: string }> {
    const { id, status, versionId } = await this.executions.brief(organizationId, executionId);
    if (isTerminal(status)) throw ended(status);
    return { id, status, versionId };
  }
}

function ended(status: string): AppError {
  return new AppError('conflict', `The execution has ended as ${status}; nothing changes that.`);
}
