import type { JsonObject, StepTypeDescriptor } from '@rpa/contracts';
import type { Turn } from '../run/turn.js';
import type { StepState } from '../state/step-state.js';

/** Runs or begins a built-in step with its evaluated config; `blocked` when file contents are needed first. */
export type StartStep = (turn: Turn, step: StepState, config: JsonObject) => 'blocked' | void;

export interface BuiltInStep {
  descriptor: StepTypeDescriptor;
  start: StartStep;
}

type Described = Pick<StepTypeDescriptor, 'type' | 'title' | 'summary' | 'examples'> &
  Partial<Pick<StepTypeDescriptor, 'category' | 'errors'>> & {
    /** TypeBox schemas. */
    configSchema: object;
    outputSchema: object;
  };

/** Fills in what all built-in types share: they change nothing outside, no worker runs them, none has an automatic retry. */
export function describeBuiltIn(described: Described): StepTypeDescriptor {
  return {
    version: 1,
    category: 'flow',
    sideEffect: { default: 'pure' },
    timeout: '5m',
    errors: [],
    pool: 'engine',
    ...described,
    configSchema: plain(described.configSchema),
    outputSchema: plain(described.outputSchema),
  };
}

/** TypeBox marks its schemas with hidden properties; what is announced is plain JSON. */
function plain(schema: object): JsonObject {
  return JSON.parse(JSON.stringify(schema)) as JsonObject;
}
