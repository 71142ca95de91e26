import { Injectable } from '@nestjs/common';
import { accepted } from './webhook-answers.js';
import { WebhooksRepository, type HookAnswer, type HookTrigger } from './webhooks.repository.js';

const FIRST_LOOK_MS = 15;
const LAST_LOOK_MS = 250;

/** Waits for the answer to a request that is being handed over, by this replica or another. */
@Injectable()
export class AwaitAnswer {
  constructor(private readonly webhooks: WebhooksRepository) {}

  async execute(trigger: HookTrigger, eventId: string, eventKey: string, withinMs: number): Promise<HookAnswer> {
    const until = performance.now() + withinMs;
    for (let pause = FIRST_LOOK_MS; performance.now() < until; pause = Math.min(LAST_LOOK_MS, pause * 1.5)) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      const known = await this.webhooks.known(trigger, eventKey);
      if (known?.answer && (known.answer.final || !known.open)) return known.answer;
      // Whoever began it has died before it could answer; another replica has started it.
      if (known?.executionId)
        return this.webhooks.keepAnswer(
          trigger.organizationId,
          eventId,
          accepted({ eventId, executionId: known.executionId }),
        );
    }
    return accepted({ eventId, outcome: 'pending' });
  }
}
