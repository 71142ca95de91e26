import type { ReadPerformanceReply, ReadPerformanceRequest, RunCounts, WorkflowPerformance } from '@rpa/contracts';
import { decodePosition, encodeCursor } from '@rpa/platform';
import { ALL_WORKFLOWS } from './counts.repository.js';
import { readRange } from './read-range.js';
import type { StatsRepository } from './stats.repository.js';
import { countsOf, groupBy, timesOf } from './summarize.js';

const DEFAULT_LIMIT = 50;
/** Workflow and status pairs that are summed up. */
const MOST_ROWS = 40_000;

type Summed = Pick<WorkflowPerformance, 'workflowId' | 'workflowName'> & RunCounts;

export class ReadPerformance {
  constructor(private readonly stats: StatsRepository) {}

  async execute(organizationId: string, request: ReadPerformanceRequest): Promise<ReadPerformanceReply> {
    const { sort = '-runs', limit = DEFAULT_LIMIT, cursor } = request;
    const range = readRange(organizationId, request);
    const scope = JSON.stringify(['performance', organizationId, request.from, request.to, sort]);
    const skip = cursor === undefined ? 0 : Number(decodePosition(cursor, scope).value ?? 0);
    const groups = groupBy(await this.stats.runsByWorkflow(range, MOST_ROWS), (row) => row.workflowId);
    const summed = [...groups].map(([workflowId, rows]): Summed => {
      return { workflowId, workflowName: rows[0]?.name ?? '', ...countsOf(rows) };
    });
    const page = summed.sort(by(sort)).slice(skip, skip + limit);
    const ids = page.map((row) => row.workflowId);
    const times = groupBy(await this.stats.timesOf(range, ids), (row) => row.workflowId);
    const data = page.map((row): WorkflowPerformance => {
      const [runs, took] = [groups.get(row.workflowId) ?? [], times.get(row.workflowId) ?? []];
      return { ...row, durationMs: timesOf('duration', runs, took), queueMs: timesOf('queue', runs, took) };
    });
    const more = skip + limit < summed.length;
    return { data, nextCursor: more ? encodeCursor(ALL_WORKFLOWS, scope, skip + limit) : null };
  }
}

/** Equal ones by id, so that pages fit together. */
function by(sort: string): (one: Summed, other: Summed) => number {
  const column = sort.replace('-', '') as 'runs' | 'failed' | 'successRate' | 'workflowName';
  const sign = sort.startsWith('-') ? -1 : 1;
  return (one, other) => {
    const [left, right] = [one[column] ?? -1, other[column] ?? -1];
    const order = left < right ? -1 : left > right ? 1 : 0;
    return order * sign || (one.workflowId < other.workflowId ? -1 : 1);
  };
}
