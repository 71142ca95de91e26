import { Inject, Injectable } from '@nestjs/common';
import type { TriggerView } from '@rpa/contracts';
import type { TriggerEntity } from '@rpa/entities/triggers';
import { CONFIG } from '@rpa/platform';
import type { TriggersConfig } from '../triggers.config.js';
import { toView } from './trigger-view.js';

/** Triggers as people see them. */
@Injectable()
export class ShowTrigger {
  constructor(@Inject(CONFIG) private readonly config: TriggersConfig) {}

  execute(row: TriggerEntity): TriggerView {
    return toView(row, this.config.publicUrl);
  }
}
