import type { ReadTimelineReply, ReadTimelineRequest, TimelinePoint } from '@rpa/contracts';
import { GRAIN_MS, readRange, refused } from './read-range.js';
import type { StatsRepository } from './stats.repository.js';
import { countsOf, groupBy, timesOf } from './summarize.js';

const MOST_POINTS = 1_000;

export class ReadTimeline {
  constructor(private readonly stats: StatsRepository) {}

  async execute(organizationId: string, request: ReadTimelineRequest): Promise<ReadTimelineReply> {
    const range = readRange(organizationId, request, request.interval);
    const [from, to, step] = [Date.parse(range.from), Date.parse(range.to), GRAIN_MS[range.grain]];
    const points = (to - from) / step;
    if (points > MOST_POINTS) throw refused('interval', `makes ${points} points; ${MOST_POINTS} are allowed`);
    const [runs, times] = await Promise.all([
      this.stats.runs(range, request.workflowId, true),
      this.stats.times(range, request.workflowId, true),
    ]);
    const [runsAt, timesAt] = [
      groupBy(runs, ({ at }) => at.toISOString()),
      groupBy(times, ({ at }) => at.toISOString()),
    ];
    const data = Array.from({ length: points }, (_, index): TimelinePoint => {
      const at = new Date(from + index * step).toISOString();
      const [ended, took] = [runsAt.get(at) ?? [], timesAt.get(at) ?? []];
      return { at, ...countsOf(ended), durationMs: timesOf('duration', ended, took) };
    });
    return { interval: range.grain, data };
  }
}
