import { EXECUTION_STATUSES, isTerminal, type ExecutionStatus, type Fault } from '@rpa/contracts';
import Type from 'typebox';
import { checkTemplate } from '../../triggers/check-template.js';
import { defineTrigger } from '../define-trigger.js';
import { pollEnded } from './poll-ended.js';

const ENDED = EXECUTION_STATUSES.filter((status) => isTerminal(status));

/** Chains: a run of one workflow starts another when it ends. */
export const workflowCompletedTrigger = defineTrigger({
  type: 'workflow_completed',
  title: 'Another workflow has ended',
  summary: 'Fires when an execution of another workflow has ended, with its output.',
  config: Type.Object(
    {
      workflowId: Type.String({
        pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
        description: 'The workflow whose executions are waited for.',
      }),
      statuses: Type.Optional(
        Type.Array(Type.String(), {
          minItems: 1,
          maxItems: 4,
          description: `Ends that count, of ${ENDED.join(', ')}; default completed.`,
        }),
      ),
      filter: Type.Optional(Type.String({ maxLength: 10_240, description: 'Only executions for which this is true.' })),
    },
    { additionalProperties: false },
  ),
  ui: {
    workflowId: { control: 'workflow', label: 'After' },
    statuses: { control: 'choices', label: 'When it' },
    filter: { control: 'expression', label: 'Only when', placeholder: '{{ trigger.payload.output.total > 100 }}' },
  },
  sample: {
    payload: {
      executionId: '0198c1f0-0000-7000-8000-000000000002',
      workflowId: '0198c1f0-0000-7000-8000-000000000001',
      workflowName: 'Orders',
      status: 'completed',
      output: { total: 120 },
      error: null,
    },
    headers: {},
  },
  check(config): Fault[] {
    const faults = config.filter === undefined ? [] : checkTemplate(config.filter, 'filter');
    for (const [index, status] of (config.statuses ?? []).entries())
      if (!ENDED.includes(status as ExecutionStatus))
        faults.push({ path: `statuses[${index}]`, code: 'value', message: `must be one of ${ENDED.join(', ')}` });
    return faults;
  },
  filterOf: (config) => config.filter,
  identityOf: (config) => config.workflowId,
  source: { poll: { everyMs: () => 2_000, poll: pollEnded } },
});
