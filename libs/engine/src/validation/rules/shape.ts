import type { JsonValue } from '@rpa/contracts';
import { isObject } from '../../definition/normalize.js';
import { LIMITS } from '../../definition/limits.js';
import {
  anything,
  checkFields,
  duration,
  flag,
  group,
  matching,
  object,
  oneOf,
  text,
  wholeNumber,
  type Field,
  type Fields,
} from '../fields.js';
import type { Rule } from '../rule.js';

const KEY = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
const POOL = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const key = matching(KEY, 'a key of letters, digits, _ . and -');

const SETTINGS: Fields = {
  timeout: duration(),
  concurrency: group(
    { limit: wholeNumber(1, 1_000_000), key: text(10_000), onLimit: oneOf('queue', 'skip', 'cancel_oldest') },
    ['limit'],
  ),
  rateLimit: group(
    {
      limit: wholeNumber(1, LIMITS.rateLimitStarts),
      period: duration(1, '1d'),
      key: text(10_000),
      onLimit: oneOf('queue', 'skip'),
    },
    ['limit', 'period'],
  ),
  debounce: group({ period: duration(1, '1d'), key: text(10_000), maxWait: duration(1, '7d') }, ['period']),
  priority: wholeNumber(0, 9),
  onFailure: group({ workflow: key }, ['workflow']),
};

const DEFINITION: Fields = {
  format: oneOf(1, '1'),
  version: oneOf(1, '1'),
  inputs: object,
  variables: object,
  output: anything,
  settings: group(SETTINGS),
  steps: anything,
  ui: object,
};

const RETRY: Fields = {
  maxAttempts: wholeNumber(1, LIMITS.maxAttempts),
  backoff: oneOf('exponential', 'linear', 'fixed'),
  delay: duration(0),
  maxDelay: duration(0),
  jitter: flag,
};

const onError: Field = (value, path, findings) => {
  if (value === 'fail' || value === 'continue') return undefined;
  if (typeof value === 'string' || Array.isArray(value)) return emptyRoute(value);
  if (!isObject(value)) return 'fail, continue, a list of step ids, or { action, steps }';
  checkFields(value, { action: oneOf('fail', 'continue', 'route'), steps: anything }, path, findings, ['action']);
  if (value['action'] !== 'route')
    return value['steps'] === undefined ? undefined : 'without steps unless action is route';
  return value['steps'] === undefined ? 'given steps to route to' : emptyRoute(value['steps']);
};

function emptyRoute(targets: JsonValue): string | undefined {
  return Array.isArray(targets) && targets.length === 0 ? 'given at least one step to route to' : undefined;
}

const condition: Field = (value) => {
  if (typeof value === 'boolean') return undefined;
  return typeof value === 'string' && value.includes('{{') ? undefined : 'an expression in {{ }}, true or false';
};

const STEP: Fields = {
  id: anything,
  name: text(),
  type: anything,
  typeVersion: wholeNumber(1, 1_000_000),
  config: object,
  credential: key,
  when: condition,
  timeout: duration(),
  retry: group(RETRY),
  onError,
  sideEffect: oneOf('pure', 'idempotent', 'keyed', 'once'),
  next: anything,
  branches: object,
  join: oneOf('all', 'any'),
  disabled: flag,
  notes: text(10_000),
  pool: matching(POOL, 'a name of small letters, digits, _ and -'),
  steps: anything,
  ui: object,
};

/** Every field is known and has the form that the format gives it. */
export const shapeRule: Rule = ({ definition, outline, findings }) => {
  checkFields(definition, DEFINITION, '', findings);
  for (const { step, path } of outline.steps) checkFields(step, STEP, path, findings);
};
