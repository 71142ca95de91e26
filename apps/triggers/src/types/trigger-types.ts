import { eventBusTrigger } from './event-bus/event-bus.trigger.js';
import type { TriggerType } from './define-trigger.js';
import { manualTrigger } from './manual/manual.trigger.js';
import { scheduleTrigger } from './schedule/schedule.trigger.js';
import { webhookTrigger } from './webhook/webhook.trigger.js';
import { workflowCompletedTrigger } from './workflow-completed/workflow-completed.trigger.js';

/** Every kind of trigger there is; a new one is a folder and a line here. */
export const TRIGGER_TYPES: readonly TriggerType[] = [
  manualTrigger,
  eventBusTrigger,
  scheduleTrigger,
  webhookTrigger,
  workflowCompletedTrigger,
];

const BY_NAME = new Map(TRIGGER_TYPES.map((type) => [type.descriptor.type, type]));

export function findTriggerType(type: string): TriggerType | undefined {
  return BY_NAME.get(type);
}
