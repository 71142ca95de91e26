import {
  closeSession,
  getMe,
  LoginChallenge,
  openSession,
  refreshSession,
  registerUser,
  SessionView,
  type LoginReply,
} from '@rpa/contracts';
import { route, type RouteAnswer, type RouteDefinition } from '../http/define-route.js';

const LOGIN_ANSWERS = {
  200: { description: 'Signed in', reply: SessionView },
  202: { description: 'Something more is asked for: go on with the token', reply: LoginChallenge },
};

function answerLogin({ session, challenge }: LoginReply): RouteAnswer {
  return session ? { status: 200, body: session } : { status: 202, body: challenge };
}

export const AUTH_ROUTES: readonly RouteDefinition[] = [
  route({
    method: 'POST',
    path: '/auth/register',
    command: registerUser,
    status: 201,
    location: () => '/auth/me',
  }),
  route({ method: 'POST', path: '/auth/login', command: openSession, answer: answerLogin, answers: LOGIN_ANSWERS }),
  route({ method: 'POST', path: '/auth/refresh', command: refreshSession }),
  route({ method: 'POST', path: '/auth/logout', command: closeSession, status: 204 }),
  route({ method: 'GET', path: '/auth/me', command: getMe }),
];
