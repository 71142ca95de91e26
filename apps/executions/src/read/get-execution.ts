import type { ExecutionView } from '@rpa/contracts';
import type { ExecutionsRepository } from './executions.repository.js';
import type { ReadSteps } from './read-steps.js';
import { toView } from './to-view.js';

/** One execution with the steps of its top level. */
export class GetExecution {
  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly steps: ReadSteps,
  ) {}

  async execute(organizationId: string, id: string): Promise<ExecutionView> {
    const row = await this.executions.get(organizationId, id);
    return toView(row, await this.steps.execute(row));
  }
}
