import { Type } from 'typebox';
import { isObject } from '../../definition/normalize.js';
import { LIMITS } from '../../definition/limits.js';
import { failStep } from '../../run/fail-step.js';
import { queueChild } from '../../run/queue-child.js';
import { describeBuiltIn, type BuiltInStep } from '../step.js';
import { stepError } from '../step-failure.js';

export const subWorkflowStep: BuiltInStep = {
  descriptor: describeBuiltIn({
    type: 'sub_workflow',
    title: 'Sub-workflow',
    summary: 'Runs another workflow and gives its output.',
    configSchema: Type.Object(
      {
        workflow: Type.String({ minLength: 1 }),
        inputs: Type.Optional(Type.Object({}, { additionalProperties: true })),
        version: Type.Optional(Type.Union([Type.Literal('latest'), Type.Integer({ minimum: 1 })])),
      },
      { additionalProperties: false },
    ),
    outputSchema: {},
    errors: [
      { code: 'child_failed', retryable: true, meaning: 'the sub-workflow failed or exceeded its time limit' },
      { code: 'child_cancelled', retryable: false, meaning: 'the sub-workflow was cancelled' },
      { code: 'depth_exceeded', retryable: false, meaning: `more than ${LIMITS.workflowDepth} workflows deep` },
    ],
    examples: [{ title: 'Invoice an order', config: { workflow: 'invoice', inputs: { orderId: 'o-1' } } }],
  }),
  start(turn, step, config) {
    const depth = (turn.run.start.depth ?? 0) + 1;
    const { workflow, inputs = {}, version = 'latest' } = config;
    if (depth > LIMITS.workflowDepth) {
      const message = `Sub-workflows may be at most ${LIMITS.workflowDepth} deep`;
      failStep(turn, step, stepError('depth_exceeded', message));
    } else if (typeof workflow !== 'string' || workflow === '' || !isObject(inputs)) {
      failStep(turn, step, stepError('config_invalid', 'workflow must be a key and inputs an object'));
    } else if (version !== 'latest' && !Number.isInteger(version)) {
      failStep(turn, step, stepError('config_invalid', 'version must be "latest" or a whole number'));
    } else {
      queueChild(turn, step, config);
    }
  },
};
