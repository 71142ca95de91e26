import type { Fault } from '@rpa/contracts';

const TYPE = /^[a-z][a-z0-9]*(_[a-z0-9]+)*(__[a-z][a-z0-9]*(_[a-z0-9]+)*)?$/;
const MAX_BYTES = 256 * 1024;
const SIDE_EFFECTS = ['pure', 'idempotent', 'keyed', 'once'];

/** Whether an announced step type is one: an announcement comes from a process that anybody may have written. */
export function checkDescriptor(value: unknown, path: string): Fault[] {
  if (!isObject(value)) return [{ path, code: 'invalid_type', message: 'a step type must be an object' }];
  const faults: Fault[] = [];
  const expect = (ok: boolean, field: string, message: string): void => {
    if (!ok) faults.push({ path: `${path}.${field}`, code: 'invalid', message });
  };
  const { type, version, configSchema, outputSchema, sideEffect, errors, examples } = value;
  expect(
    typeof type === 'string' && type.length <= 100 && TYPE.test(type),
    'type',
    'must be like name or vendor__name',
  );
  expect(
    Number.isInteger(version) && Number(version) >= 1 && Number(version) < 2 ** 31,
    'version',
    'must be 1 or more',
  );
  for (const field of ['title', 'summary', 'category', 'timeout', 'pool'])
    expect(typeof value[field] === 'string' && value[field] !== '', field, 'must be a text');
  expect(isObject(configSchema), 'configSchema', 'must be a JSON Schema object');
  expect(isObject(outputSchema), 'outputSchema', 'must be a JSON Schema object');
  expect(
    isObject(sideEffect) && SIDE_EFFECTS.includes(String(sideEffect['default'])),
    'sideEffect',
    `needs a default: ${SIDE_EFFECTS.join(', ')}`,
  );
  expect(Array.isArray(errors), 'errors', 'must be a list');
  expect(Array.isArray(examples), 'examples', 'must be a list');
  expect(JSON.stringify(value).length <= MAX_BYTES, 'type', `the description is larger than ${MAX_BYTES} bytes`);
  return faults;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
