import { askClaude, getAiStatus } from '@rpa/contracts';
import { route, type RouteDefinition } from '../http/define-route.js';

export const AI_ROUTES: readonly RouteDefinition[] = [
  route({ method: 'GET', path: '/ai/status', command: getAiStatus }),
  route({ method: 'POST', path: '/ai/ask', command: askClaude }),
];
