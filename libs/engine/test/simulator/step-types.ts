import type { StepType } from '../../src/index.js';

/** Remote step types that stand for what workers run. */
export const STEP_TYPES: StepType[] = [
  { type: 'work', version: 1, sideEffect: { default: 'idempotent' }, pool: 'default', timeout: '30s' },
  { type: 'pay', version: 1, sideEffect: { default: 'once' }, pool: 'default', timeout: '30s' },
  {
    type: 'http_request',
    version: 1,
    sideEffect: { default: 'keyed', field: 'method', values: { GET: 'idempotent' } },
    pool: 'default',
    timeout: '30s',
  },
];
