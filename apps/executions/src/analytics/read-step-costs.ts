import type { ReadStepCostsReply, ReadStepCostsRequest } from '@rpa/contracts';
import { readRange } from './read-range.js';
import type { StatsRepository } from './stats.repository.js';

export class ReadStepCosts {
  constructor(private readonly stats: StatsRepository) {}

  async execute(organizationId: string, request: ReadStepCostsRequest): Promise<ReadStepCostsReply> {
    const rows = await this.stats.steps(readRange(organizationId, request, 'day'), request.workflowId);
    const total = rows.filter(({ step }) => !step.includes('.')).reduce((sum, row) => sum + row.durationMs, 0);
    return {
      data: rows.map(({ durationMs, ...row }) => ({
        ...row,
        avgMs: Math.round(durationMs / row.runs),
        totalMs: durationMs,
        share: total === 0 ? 0 : Math.round((durationMs / total) * 10_000) / 10_000,
      })),
    };
  }
}
