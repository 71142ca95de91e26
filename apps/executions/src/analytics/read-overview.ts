import type { ReadOverviewReply, ReadOverviewRequest } from '@rpa/contracts';
import { readRange } from './read-range.js';
import type { StatsRepository } from './stats.repository.js';
import { countsOf, timesOf } from './summarize.js';

const COUNT_LIVE_TO = 10_000;

export class ReadOverview {
  constructor(private readonly stats: StatsRepository) {}

  async execute(organizationId: string, request: ReadOverviewRequest): Promise<ReadOverviewReply> {
    const range = readRange(organizationId, request);
    const [runs, times, live] = await Promise.all([
      this.stats.runs(range),
      this.stats.times(range),
      this.stats.live(organizationId, COUNT_LIVE_TO),
    ]);
    return {
      from: range.from,
      to: range.to,
      counts: countsOf(runs),
      durationMs: timesOf('duration', runs, times),
      queueMs: timesOf('queue', runs, times),
      live,
    };
  }
}
