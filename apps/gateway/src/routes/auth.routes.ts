import { closeSession, getMe, openSession, refreshSession, registerUser } from '@rpa/contracts';
import { route, type RouteDefinition } from '../http/define-route.js';

export const AUTH_ROUTES: readonly RouteDefinition[] = [
  route({
    method: 'POST',
    path: '/auth/register',
    command: registerUser,
    status: 201,
    location: () => '/auth/me',
  }),
  route({ method: 'POST', path: '/auth/login', command: openSession }),
  route({ method: 'POST', path: '/auth/refresh', command: refreshSession }),
  route({ method: 'POST', path: '/auth/logout', command: closeSession, status: 204 }),
  route({ method: 'GET', path: '/auth/me', command: getMe }),
];
