import type { JournalRecord, JsonValue, StepError, StepStatus } from '@rpa/contracts';
import type { Adoption } from '@rpa/engine';
import type { Logger } from '@rpa/platform';
import type { LiveRun } from '../runs/live-run.js';
import type { RunHost } from '../runs/run-host.js';
import type { AdoptionsRepository, FoundAdoption } from './adoptions.repository.js';

const BATCH = 50;
const RETRY_MS = 500;

/** Answers the steps of a rerun that ask what the former run gave, a few at a time: outputs may be large. */
export class LoadAdoptions {
  constructor(
    private readonly adoptions: AdoptionsRepository,
    private readonly host: RunHost,
    private readonly logger: Logger,
  ) {}

  execute(run: LiveRun, paths: readonly string[]): void {
    run.calls++;
    void this.answer(run, paths);
  }

  private async answer(run: LiveRun, paths: readonly string[]): Promise<void> {
    for (let from = 0; from < paths.length && !run.dropped; from += BATCH) {
      const batch = paths.slice(from, from + BATCH);
      const found = await this.find(run, batch);
      if (run.dropped) return;
      if (from + BATCH >= paths.length) run.calls--;
      const adoptions: { [path: string]: Adoption | null } = Object.fromEntries(batch.map((path) => [path, null]));
      for (const each of found) adoptions[each.path] = toAdoption(each);
      await new Promise<void>((resolve) =>
        this.host.stimulate(run, { event: { type: 'adoptions_loaded', at: Date.now(), adoptions }, settled: resolve }),
      );
    }
  }

  private async find(run: LiveRun, paths: readonly string[]): Promise<FoundAdoption[]> {
    while (!run.dropped) {
      try {
        return await this.adoptions.find(run.identity.organizationId, run.id, paths);
      } catch (error) {
        this.logger.warn({ err: error, executionId: run.id }, 'What a rerun takes over could not be read yet');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
    return [];
  }
}

function toAdoption({ kind, record }: FoundAdoption): Adoption {
  if (!record) return { kind: 'gone' };
  if (kind === 'planned') return { kind, data: record.data };
  if (kind === 'child') return { kind, executionId: String(record.data['executionId']) };
  return toSettled(record);
}

const STATUSES: { readonly [type: string]: StepStatus } = { step_failed: 'failed', step_skipped: 'skipped' };

function toSettled({ type, data, attempt }: JournalRecord): Adoption {
  const adopted = type === 'step_adopted' ? (data['status'] as StepStatus) : undefined;
  return {
    kind: 'settled',
    status: adopted ?? STATUSES[type] ?? 'completed',
    output: (data['output'] ?? null) as JsonValue,
    error: (data['error'] ?? null) as unknown as StepError | null,
    ...(attempt !== undefined && { attempt }),
  };
}
