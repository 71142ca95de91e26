import type { ServiceName } from '../principal/services.js';
import type { MessageClass } from './define-command.js';

/**
 * Something that happened, told on `evt.<organizationId>.<owner>.v<n>.<noun>.<past tense>` over core NATS: a hint, never
 * the only copy. Whoever needs certainty reads the owner's rows.
 */
export interface EventDefinition<Payload extends object = object> {
  owner: ServiceName;
  version: number;
  /** `<noun>.<past tense>`, e.g. `execution.completed`. */
  name: string;
  summary: string;
  payload: MessageClass<Payload>;
  example: Payload;
  /** Services that listen. */
  consumers: readonly ServiceName[];
}

export function defineEvent<Payload extends object>(event: EventDefinition<Payload>): EventDefinition<Payload> {
  return Object.freeze(event);
}

export function eventSubject(event: EventDefinition, organizationId: string): string {
  return `evt.${organizationId}.${event.owner}.v${event.version}.${event.name}`;
}

/** Subject that hears this event of every organization. */
export function eventWildcard(event: EventDefinition): string {
  return eventSubject(event, '*');
}
