import type { JournalRecord, JsonValue } from '@rpa/contracts';
import type { StepDefinition } from '../../src/index.js';

/** The history of one scope, judged by the definition alone: nothing here knows the engine. */
export class ScopeHistory {
  readonly settled = new Map<string, JournalRecord>();
  readonly begun = new Set<string>();
  failed = false;
  closing = false;
  ended = false;

  constructor(
    readonly steps: readonly StepDefinition[],
    readonly parent: ScopeHistory | undefined,
    readonly owner: StepHistory | undefined,
    readonly index: number,
  ) {}

  get halted(): boolean {
    return (
      this.failed ||
      this.closing ||
      this.ended ||
      (this.parent?.halted ?? false) ||
      (this.owner?.drops(this.index) ?? false)
    );
  }
}

/** A container's iterations. */
export class StepHistory {
  readonly scopes = new Map<number, ScopeHistory>();
  running = 0;
  lowestBreak = Infinity;
  closing = false;

  constructor(readonly plan: JournalRecord) {}

  drops(index: number): boolean {
    return this.closing || index > this.lowestBreak;
  }
}

export function leadsTo(from: StepDefinition, id: string): boolean {
  const lists = [from.next, ...Object.values(from.branches ?? {}), from.onError?.steps];
  return lists.some((list) => list?.includes(id));
}

export function takes(from: StepDefinition, { type, data }: JournalRecord, id: string): boolean {
  if (type === 'step_completed') {
    const chosen =
      from.type === 'parallel' && !data['disabled']
        ? Object.keys(from.branches ?? {})
        : ((data['branches'] as string[]) ?? []);
    return (from.next?.includes(id) ?? false) || chosen.some((name) => from.branches?.[name]?.includes(id));
  }
  if (type !== 'step_failed') return false;
  if (from.onError?.action === 'route') return from.onError.steps?.includes(id) ?? false;
  return from.onError?.action === 'continue' && (from.next?.includes(id) ?? false);
}

export function expectedOutput(scope: ScopeHistory | undefined): JsonValue {
  if (!scope || scope.failed) return null;
  const last = scope.steps.filter(
    (step) =>
      !step.next?.length &&
      !Object.keys(step.branches ?? {}).length &&
      !['break', 'continue', 'fail', 'stop'].includes(step.type),
  );
  const outputOf = (step: StepDefinition) => {
    const record = scope.settled.get(step.id);
    return record?.type === 'step_completed' ? (record.data['output'] ?? null) : null;
  };
  if (last.length === 1) return outputOf(last[0] as StepDefinition);
  return last.length === 0 ? null : Object.fromEntries(last.map((step) => [step.id, outputOf(step)]));
}
