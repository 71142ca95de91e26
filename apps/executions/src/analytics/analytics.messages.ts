import {
  readOverview,
  readPerformance,
  readStepCosts,
  readTimeline,
  type ReadOverviewReply,
  type ReadOverviewRequest,
  type ReadPerformanceReply,
  type ReadPerformanceRequest,
  type ReadStepCostsReply,
  type ReadStepCostsRequest,
  type ReadTimelineReply,
  type ReadTimelineRequest,
} from '@rpa/contracts';
import { Bus, Handles, Messages, type MessageContext } from '@rpa/messaging';
import { Database, Identity, organizationOf } from '@rpa/platform';
import { KnownWorkflows } from '../read/known-workflows.js';
import { ReadOverview } from './read-overview.js';
import { ReadPerformance } from './read-performance.js';
import { ReadStepCosts } from './read-step-costs.js';
import { ReadTimeline } from './read-timeline.js';
import { StatsRepository } from './stats.repository.js';

@Messages()
export class AnalyticsMessages {
  private readonly stats: StatsRepository;
  private readonly workflows: KnownWorkflows;

  constructor(database: Database, bus: Bus, identity: Identity) {
    this.workflows = new KnownWorkflows(bus, identity);
    this.stats = new StatsRepository(database.pool);
  }

  @Handles(readOverview)
  overview(request: ReadOverviewRequest, { principal }: MessageContext): Promise<ReadOverviewReply> {
    return new ReadOverview(this.stats).execute(organizationOf(principal), request);
  }

  @Handles(readTimeline)
  timeline(request: ReadTimelineRequest, { principal }: MessageContext): Promise<ReadTimelineReply> {
    return new ReadTimeline(this.stats).execute(organizationOf(principal), request);
  }

  @Handles(readPerformance)
  performance(request: ReadPerformanceRequest, { principal }: MessageContext): Promise<ReadPerformanceReply> {
    return new ReadPerformance(this.stats).execute(organizationOf(principal), request);
  }

  @Handles(readStepCosts)
  async steps(request: ReadStepCostsRequest, { principal }: MessageContext): Promise<ReadStepCostsReply> {
    await this.workflows.assert(organizationOf(principal), request.workflowId);
    return new ReadStepCosts(this.stats).execute(organizationOf(principal), request);
  }
}
