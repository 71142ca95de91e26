import { Injectable } from '@nestjs/common';
import { AppError, type Principal, type SetTriggersEnabledReply, type SetTriggersEnabledRequest } from '@rpa/contracts';
import { organizationOf } from '@rpa/platform';
import { ChangeTrigger } from './change-trigger.js';
import { TriggersRepository } from './triggers.repository.js';

const AT_ONCE = 200;

/** Turns many triggers on or off, one after the other: what is done stays done. */
@Injectable()
export class SetTriggersEnabled {
  constructor(
    private readonly triggers: TriggersRepository,
    private readonly changing: ChangeTrigger,
  ) {}

  async execute(
    principal: Principal | null,
    request: SetTriggersEnabledRequest,
    enabled: boolean,
  ): Promise<SetTriggersEnabledReply> {
    const { ids, workflowId, type, all } = request;
    if (!ids && !workflowId && !type && !all)
      throw new AppError('validation_failed', 'Say which triggers: ids, workflowId, type, or all: true.', {
        errors: [{ path: 'ids', code: 'required', message: 'is required without workflowId, type or all' }],
      });
    const found = await this.triggers.findSwitchable(organizationOf(principal), request, !enabled, AT_ONCE + 1);
    for (const id of found.slice(0, AT_ONCE)) await this.changing.setEnabled(principal, id, enabled);
    return { changed: Math.min(found.length, AT_ONCE), more: found.length > AT_ONCE };
  }
}
