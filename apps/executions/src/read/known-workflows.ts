import { AppError, resolveVersion } from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import type { Identity } from '@rpa/platform';

/** Whether a workflow is the organization's own: settings and figures of one are not given for any other id. */
export class KnownWorkflows {
  constructor(
    private readonly bus: Bus,
    private readonly identity: Identity,
  ) {}

  /** @throws AppError `not_found` */
  async assert(organizationId: string, workflowId: string | null | undefined): Promise<void> {
    if (!workflowId) return;
    const principal = await this.identity.serviceToken({ id: organizationId });
    try {
      await this.bus.request(resolveVersion, { workflowId }, { principal });
    } catch (error) {
      if (!AppError.is(error) || error.code !== 'workflow_not_published') throw error;
    }
  }
}
