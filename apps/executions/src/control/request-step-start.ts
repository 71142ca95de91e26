import { AppError, ID_PATTERN, type RequestStepStartReply, type RequestStepStartRequest } from '@rpa/contracts';
import type { LeasesRepository } from '../lease/leases.repository.js';
import type { Peers } from '../peers/peers.js';
import { attemptKey, type LiveRun } from '../runs/live-run.js';
import type { RunHost } from '../runs/run-host.js';

const GRANT_WITHIN_MS = 5_000;

/** A worker asks to begin a step of class `once`. Granted after the start is in the journal, to one worker. */
export class RequestStepStart {
  constructor(
    private readonly host: RunHost,
    private readonly leases: LeasesRepository,
    private readonly peers: Peers,
  ) {}

  async execute(request: RequestStepStartRequest): Promise<RequestStepStartReply> {
    const { executionId, path, attempt, worker } = request;
    if (!ID_PATTERN.test(executionId) || !Number.isInteger(attempt))
      throw new AppError('validation_failed', 'attempt must be a whole number.');
    const run = this.host.get(executionId);
    if (run) return { granted: await this.ask(run, request) };
    const replica = (await this.leases.replicasOf([executionId])).get(executionId);
    if (!replica || replica === this.peers.replica) return { granted: false };
    const answer = await this.peers.ask(replica, { kind: 'start_requested', executionId, path, attempt, worker });
    return { granted: (answer as Partial<RequestStepStartReply> | null)?.granted === true };
  }

  /** The owner's part. */
  async answer(request: RequestStepStartRequest): Promise<RequestStepStartReply> {
    const run = this.host.get(request.executionId);
    return { granted: run ? await this.ask(run, request) : false };
  }

  private ask(run: LiveRun, { path, attempt, worker }: RequestStepStartRequest): Promise<boolean> {
    const key = `${attemptKey(path, attempt)} ${worker}`;
    return new Promise((resolve) => {
      const done = (granted: boolean): void => {
        clearTimeout(timer);
        run.grants.delete(key);
        resolve(granted);
      };
      const timer = setTimeout(() => done(false), GRANT_WITHIN_MS);
      run.grants.get(key)?.(false);
      run.grants.set(key, done);
      this.host.stimulate(run, {
        event: { type: 'step_start_requested', at: Date.now(), path, attempt, worker },
        settled: () => done(false),
      });
    });
  }
}
