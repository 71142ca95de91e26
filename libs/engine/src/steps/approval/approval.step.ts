import type { JsonObject } from '@rpa/contracts';
import { Type } from 'typebox';
import { parseDuration } from '../../definition/duration.js';
import { failStep } from '../../run/fail-step.js';
import { armTimeout } from '../../run/step-timers.js';
import { offers } from '../../run/settle-approval.js';
import { describeBuiltIn, type BuiltInStep } from '../step.js';
import { stepError } from '../step-failure.js';

export const approvalStep: BuiltInStep = {
  descriptor: describeBuiltIn({
    category: 'human',
    type: 'approval',
    title: 'Approval',
    summary:
      'Waits for a person. The branch named like the decision is taken; a decision without a branch fails unless it is "approved".',
    configSchema: Type.Object(
      {
        title: Type.String({ minLength: 1 }),
        message: Type.Optional(Type.Unknown()),
        assignees: Type.Optional(Type.Array(Type.String())),
        decisions: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { default: ['approved', 'rejected'] })),
        form: Type.Optional(Type.Object({}, { additionalProperties: true })),
        timeout: Type.Optional(Type.String({ format: 'rpa-duration' })),
        defaultDecision: Type.Optional(Type.String({ minLength: 1 })),
      },
      { additionalProperties: false },
    ),
    outputSchema: Type.Object({ decision: Type.String(), by: Type.Unknown(), data: Type.Unknown() }),
    errors: [
      { code: 'approval_expired', retryable: false, meaning: 'nobody decided in time and there is no default' },
      { code: 'approval_rejected', retryable: false, meaning: 'the decision has no branch and is not "approved"' },
    ],
    examples: [{ title: 'Pay out', config: { title: 'Pay 500 EUR?', timeout: '3d', defaultDecision: 'rejected' } }],
  }),
  start(turn, step, config) {
    const { timeout, defaultDecision } = config;
    const limit = parseDuration(timeout);
    if (timeout !== undefined && limit === undefined) {
      failStep(turn, step, stepError('config_invalid', 'timeout must be a duration such as 3d'));
      return;
    }
    if (defaultDecision !== undefined && !offers(step, config, defaultDecision)) {
      failStep(turn, step, stepError('config_invalid', 'defaultDecision must be one of the decisions'));
      return;
    }
    const timer = `approval:${step.path}:1`;
    const dueAt = limit === undefined ? undefined : turn.at + limit;
    const data: JsonObject = { config };
    if (dueAt !== undefined) Object.assign(data, { timer, dueAt });
    armTimeout(turn, step, data);
    turn.record('approval_requested', data, step, 1);
    if (dueAt !== undefined) turn.effect({ type: 'set_timer', timer, dueAt });
    turn.effect({
      type: 'request_approval',
      path: step.path,
      config,
      ...(dueAt !== undefined && { expiresAt: dueAt }),
    });
  },
};
