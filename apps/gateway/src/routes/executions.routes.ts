import {
  cancelExecution,
  decideStep,
  getExecution,
  listExecutions,
  listSteps,
  pauseExecution,
  readJournal,
  resumeExecution,
  signalExecution,
} from '@rpa/contracts';
import { route, type RouteDefinition } from '../http/define-route.js';

export const EXECUTION_ROUTES: readonly RouteDefinition[] = [
  route({ method: 'GET', path: '/executions', command: listExecutions }),
  route({ method: 'GET', path: '/executions/{id}', command: getExecution }),
  route({ method: 'GET', path: '/executions/{id}/steps', command: listSteps }),
  route({ method: 'GET', path: '/executions/{id}/journal', command: readJournal }),
  route({ method: 'POST', path: '/executions/{id}/cancel', command: cancelExecution, status: 202 }),
  route({ method: 'POST', path: '/executions/{id}/pause', command: pauseExecution, status: 202 }),
  route({ method: 'POST', path: '/executions/{id}/resume', command: resumeExecution, status: 202 }),
  route({ method: 'POST', path: '/executions/{id}/signals/{name}', command: signalExecution, status: 202 }),
  route({ method: 'POST', path: '/executions/{id}/steps/{path}/decide', command: decideStep, status: 202 }),
];
