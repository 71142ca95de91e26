import type { JsonObject, JsonValue, StartExecutionRequest } from '@rpa/contracts';
import type { ClaimedIntent } from './intents.repository.js';

type TriggerScope = Pick<ClaimedIntent, 'type' | 'triggerId' | 'payload' | 'headers' | 'channel' | 'request'>;

/** What expressions and the run see as `trigger`. */
export function toTrigger(intent: TriggerScope): NonNullable<StartExecutionRequest['trigger']> {
  return {
    type: intent.type,
    id: intent.triggerId,
    payload: intent.payload,
    headers: intent.headers,
    ...(intent.channel !== null && { channel: intent.channel }),
    ...(intent.request && {
      method: intent.request.method,
      path: intent.request.path,
      query: Object.fromEntries(new URLSearchParams(intent.request.query)),
    }),
  };
}

/** The inputs of a run without a mapping. */
export function inputsOf(payload: JsonValue): JsonObject {
  return typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? payload : {};
}
