import {
  createTrigger,
  deleteTrigger,
  disableTrigger,
  enableTrigger,
  restoreTrigger,
  updateTrigger,
} from './change-trigger.command.js';
import { createEventPublisher, listEventPublishers, revokeEventPublisher } from './event-publisher.command.js';
import { fireTrigger, publishEvents } from './fire-trigger.command.js';
import { getTrigger, listFires, listTriggers, listTriggerTypes, readTriggersStatus } from './read-triggers.command.js';
import { disableTriggers, enableTriggers, replayFires, testTrigger } from './operate-triggers.command.js';
import {
  createSchedule,
  deleteSchedule,
  getSchedule,
  listSchedules,
  previewSchedule,
  updateSchedule,
} from './schedule.command.js';
import { listCaptures, openCapture, receiveWebhook } from './webhook.command.js';

export * from './change-trigger.command.js';
export * from './event-publisher.command.js';
export * from './fire-trigger.command.js';
export * from './operate-triggers.command.js';
export * from './read-triggers.command.js';
export * from './schedule.command.js';
export * from './trigger-broken.event.js';
export * from './trigger-fired.event.js';
export * from './webhook.command.js';
export { FIRE_OUTCOMES, FireOutcome, TriggerProblemCode, TriggerView } from './trigger-view.js';
export type { TriggerFire, TriggerProblem, TriggerTypeDescriptor } from './trigger-view.js';

export const TRIGGERS_COMMANDS = [
  createTrigger,
  listTriggers,
  getTrigger,
  updateTrigger,
  enableTrigger,
  disableTrigger,
  deleteTrigger,
  restoreTrigger,
  listTriggerTypes,
  readTriggersStatus,
  fireTrigger,
  listFires,
  publishEvents,
  createSchedule,
  listSchedules,
  getSchedule,
  updateSchedule,
  deleteSchedule,
  previewSchedule,
  testTrigger,
  enableTriggers,
  disableTriggers,
  replayFires,
  receiveWebhook,
  openCapture,
  listCaptures,
  createEventPublisher,
  listEventPublishers,
  revokeEventPublisher,
] as const;
