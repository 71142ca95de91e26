import { Inject, Injectable } from '@nestjs/common';
import {
  eventWildcard,
  ID_PATTERN,
  workflowArchived,
  workflowDeleted,
  workflowPublished,
  workflowUnpublished,
  type EventDefinition,
} from '@rpa/contracts';
import { Bus } from '@rpa/messaging';
import { LOGGER, type Logger } from '@rpa/platform';
import { TriggerProblems } from './trigger-problems.js';

/**
 * Hears what becomes of workflows, so that a trigger says at once that its workflow cannot be started, and not only when it
 * fires. A hint that got lost is made up for by the next fire.
 */
@Injectable()
export class WatchWorkflows {
  constructor(
    private readonly bus: Bus,
    private readonly problems: TriggerProblems,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  start(): void {
    this.hear(workflowPublished, (organizationId, workflowId) =>
      this.problems.clearForWorkflow(organizationId, workflowId),
    );
    for (const event of [workflowUnpublished, workflowArchived, workflowDeleted])
      this.hear(event, (organizationId, workflowId) =>
        this.problems.raiseForWorkflow(organizationId, workflowId, `${event.summary}.`),
      );
  }

  private hear(event: EventDefinition, handle: (organizationId: string, workflowId: string) => Promise<void>): void {
    this.bus.subscribe(
      eventWildcard(event),
      (body, msg) => {
        const organizationId = msg.subject.split('.')[1] ?? '';
        const { workflowId } = body as { workflowId?: unknown };
        if (!ID_PATTERN.test(organizationId) || typeof workflowId !== 'string' || !ID_PATTERN.test(workflowId)) return;
        handle(organizationId, workflowId).catch((error: unknown) =>
          this.logger.warn({ err: error, workflowId }, 'What became of a workflow could not be noted at its triggers'),
        );
      },
      'triggers',
    );
  }
}
