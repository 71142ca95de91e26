import { Injectable } from '@nestjs/common';
import type { TriggerEntity } from '@rpa/entities/triggers';
import { Audit } from '@rpa/platform';

/** Tells the audit log what was done to a trigger; call it in the transaction of the change. */
@Injectable()
export class RecordTrigger {
  constructor(private readonly audit: Audit) {}

  execute(action: string, before: TriggerEntity | null, after: TriggerEntity | null): Promise<void> {
    const row = after ?? before;
    if (!row) return Promise.resolve();
    return this.audit.record({
      action,
      resource: { type: 'trigger', id: row.id, name: row.name },
      before: before && toAudited(before),
      after: after && toAudited(after),
    });
  }
}

function toAudited({ workflowId, name, type, enabled, config, inputs }: TriggerEntity): object {
  return { workflowId, name, type, enabled, config, inputs };
}
