import type { ExecutionView, JournalRecord } from '@rpa/contracts';
import { projectSteps, type Effect, type Plan } from '@rpa/engine';
import type { StartRow, SummaryChange } from '../commit/append.js';
import { toView } from '../read/to-view.js';

/** More than this is read back from the journal instead. */
const MAX_CHARACTERS = 128 * 1024;

type EndEffect = Extract<Effect, { type: 'end' }>;

/**
 * Keeps what a run has journaled as long as somebody here waits for its end, who is then answered from memory: reading
 * rows back that were written a moment ago costs more than the run's own commits.
 */
export class Witness {
  private readonly records: JournalRecord[] = [];
  private characters = 0;
  private end: { effect: EndEffect; change: SummaryChange } | null = null;

  constructor(
    private readonly id: string,
    private readonly row: Omit<StartRow, keyof SummaryChange | 'owned'>,
    private readonly plan: Plan,
  ) {}

  add(records: readonly JournalRecord[], characters: number): void {
    this.characters += characters;
    if (this.characters <= MAX_CHARACTERS) this.records.push(...records);
    else this.records.length = 0;
  }

  ended(effect: EndEffect, change: SummaryChange): void {
    this.end = { effect, change };
  }

  /** The finished execution as its rows tell it; null when that was too much to keep. */
  view(): ExecutionView | null {
    const { row, end } = this;
    if (!end || this.characters > MAX_CHARACTERS) return null;
    const { status, settled, total, completedAt } = end.change;
    const startedAt = new Date(row.startedAt);
    return toView(
      {
        ...row,
        id: this.id,
        status,
        heldBack: null,
        settled,
        total,
        inputs: JSON.parse(row.inputs) as Record<string, unknown>,
        output: end.effect.output,
        error: end.effect.error,
        parentId: row.parent?.executionId ?? null,
        createdAt: startedAt,
        startedAt,
        completedAt: completedAt === null ? null : new Date(completedAt),
      },
      projectSteps(this.records, { plan: this.plan }),
    );
  }
}
