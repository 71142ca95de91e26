import type { JsonObject, JsonValue, RecordType } from '@rpa/contracts';

/**
 * Given by the host: puts a value that is too large for the journal into a file and gives what stands for it; any other
 * value comes back as it is. With `keepShape` an object stays one: its members go into files instead of itself. Must give
 * the same for the same value.
 */
export type Filing = (value: JsonValue, keepShape: boolean) => JsonValue;

type Fields = readonly (readonly [name: string, keepShape: boolean])[];

/** Where records hold values of any size. */
const FIELDS: { readonly [Type in RecordType]?: Fields } = {
  execution_started: [
    ['inputs', true],
    ['trigger', true],
    ['variables', true],
  ],
  step_queued: [['config', true]],
  step_waiting: [['config', true]],
  approval_requested: [['config', true]],
  approval_decided: [['data', false]],
  step_completed: [
    ['output', false],
    ['errors', false],
  ],
  step_adopted: [['output', false]],
  iterations_planned: [['items', false]],
  variable_updated: [['value', false]],
  signal_received: [['payload', false]],
  response_sent: [['body', false]],
  execution_completed: [['output', false]],
};

/** The data of a record as it is journaled. */
export function putAway(type: RecordType, data: JsonObject, filing: Filing | undefined): JsonObject {
  const fields = filing && FIELDS[type];
  if (!fields) return data;
  let kept = data;
  for (const [name, keepShape] of fields) {
    const value = data[name];
    if (value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean') continue;
    const stands = filing(value, keepShape);
    if (stands !== value) kept = { ...kept, [name]: stands };
  }
  return kept;
}
