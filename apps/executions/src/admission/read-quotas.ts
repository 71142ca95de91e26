import type { ReadQuotasReply } from '@rpa/contracts';
import type { Intake } from './intake.js';
import type { UsageRepository } from './usage.repository.js';

/** What an organization may use and what it uses, counted now. */
export class ReadQuotas {
  constructor(
    private readonly intake: Intake,
    private readonly usage: UsageRepository,
  ) {}

  async execute(organizationId: string): Promise<ReadQuotasReply> {
    const limits = this.intake.quotaOf(organizationId);
    const used = await this.usage.of(organizationId, Date.now());
    return {
      running: { limit: limits.running, used: used.running },
      queued: { limit: limits.queued, used: used.queued },
      startsPerMinute: { limit: limits.startsPerMinute, used: used.startsPerMinute },
    };
  }
}
