import { testStep, type TestStepRequest } from '@rpa/contracts';
import { route, type RouteDefinition, type RouteInput } from '../http/define-route.js';
import { STARTED, waitOf } from './started-answer.js';

export const TEST_RUN_ROUTES: readonly RouteDefinition[] = [
  route({
    method: 'POST',
    path: '/workflows/{id}/steps/{step}/test',
    command: testStep,
    ...STARTED,
    request: toTest,
    hidden: ['stepId', 'waitMs'],
  }),
];

function toTest(input: RouteInput): TestStepRequest {
  const { id = '', step = '' } = input.params;
  return { ...(input.body as object | undefined), ...waitOf(input), id, stepId: step };
}
