import type { StepTypeDescriptor } from '@rpa/contracts';

function stepType(type: string, sideEffect: StepTypeDescriptor['sideEffect']['default']): StepTypeDescriptor {
  return {
    type,
    version: 1,
    title: type,
    summary: type,
    category: 'other',
    configSchema: { type: 'object' },
    outputSchema: {},
    sideEffect: { default: sideEffect },
    timeout: '30s',
    errors: [],
    examples: [],
    pool: 'default',
  };
}

/** Types that the tests' workers run. */
export const STEP_TYPES = [
  stepType('test__work', 'keyed'),
  stepType('test__pay', 'once'),
  stepType('test__noop', 'idempotent'),
];

/** A chain of steps of one type. */
export function chain(length: number, type = 'test__work', more: object = {}): { format: 1; steps: object[] } {
  const steps = Array.from({ length }, (_, index) => ({
    id: `s${index + 1}`,
    type,
    config: { n: index + 1 },
    ...more,
    ...(index + 1 < length && { next: [`s${index + 2}`] }),
  }));
  return { format: 1, steps };
}
