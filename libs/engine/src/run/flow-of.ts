import { ExpressionError } from '@rpa/expressions';
import { LIMITS } from '../definition/limits.js';
import type { Plan } from '../plan/plan.js';
import type { PlanFlow } from '../plan/plan-flow.js';
import type { StartInput } from '../types.js';
import { startValues } from './start-values.js';

type Evaluated<Control> = Omit<Control, 'key'> & {
  /** What runs are counted by: the value of the key as JSON; the empty text counts the whole workflow. */
  key: string;
};

/** What has to be kept to before a start begins. */
export interface Flow {
  concurrency?: Evaluated<NonNullable<PlanFlow['concurrency']>>;
  rateLimit?: Evaluated<NonNullable<PlanFlow['rateLimit']>>;
  debounce?: Evaluated<NonNullable<PlanFlow['debounce']>>;
}

/** A key that has no value for this start. */
export interface FlowFault {
  path: string;
  message: string;
}

/** The flow control of one start, its keys evaluated. */
export function flowOf({ flow }: Plan, input: StartInput): { flow: Flow; faults: FlowFault[] } {
  const faults: FlowFault[] = [];
  const evaluated: { [control: string]: object } = {};
  for (const [control, settings] of Object.entries(flow ?? {}) as [keyof PlanFlow, { key?: FlowTemplate }][]) {
    const { key, ...rest } = settings;
    const value = key ? keyOf(key, control, input) : '';
    if (typeof value === 'string') evaluated[control] = { ...rest, key: value };
    else faults.push({ path: `settings.${control}.key`, message: value.message });
  }
  return { flow: evaluated, faults };
}

type FlowTemplate = NonNullable<NonNullable<PlanFlow['debounce']>['key']>;

function keyOf(template: FlowTemplate, control: string, input: StartInput): string | { message: string } {
  try {
    const seed = `${input.executionId}:${control}`;
    const key = JSON.stringify(template.evaluate(startValues(input), { now: input.at, seed }));
    if (key.length <= LIMITS.flowKey) return key;
    return { message: `the value has ${key.length} characters as JSON; ${LIMITS.flowKey} are allowed` };
  } catch (error) {
    if (error instanceof ExpressionError) return { message: error.message };
    throw error;
  }
}
