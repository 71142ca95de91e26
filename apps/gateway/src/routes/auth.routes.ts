import {
  acceptInvitation,
  beginOidcLogin,
  changePassword,
  closeSession,
  confirmMfa,
  disableMfa,
  enrollMfa,
  finishOidcLogin,
  getMe,
  listLoginProviders,
  listSessions,
  LoginChallenge,
  mfaStatus,
  openSession,
  refreshSession,
  registerUser,
  renewPassword,
  renewRecoveryCodes,
  requestPasswordReset,
  resetPassword,
  revokeOtherSessions,
  revokeSession,
  SessionView,
  verifyMfa,
  type LoginReply,
} from '@rpa/contracts';
import { route, type RouteAnswer, type RouteDefinition } from '../http/define-route.js';

const LOGIN_ANSWERS = {
  200: { description: 'Signed in', reply: SessionView },
  202: { description: 'Something more is asked for: go on with the token', reply: LoginChallenge },
};
const REDIRECTED = { 302: { description: 'Goes on at `Location`' } };

function answerLogin({ session, challenge }: LoginReply): RouteAnswer {
  return session ? { status: 200, body: session } : { status: 202, body: challenge };
}

const SESSION_ROUTES: readonly RouteDefinition[] = [
  route({
    method: 'POST',
    path: '/auth/register',
    command: registerUser,
    status: 201,
    location: () => '/auth/me',
    browser: 'opens',
  }),
  route({
    method: 'POST',
    path: '/auth/login',
    command: openSession,
    answer: answerLogin,
    answers: LOGIN_ANSWERS,
    browser: 'opens',
  }),
  route({ method: 'POST', path: '/auth/refresh', command: refreshSession, browser: 'refreshes' }),
  route({ method: 'POST', path: '/auth/logout', command: closeSession, status: 204, browser: 'closes' }),
  route({ method: 'GET', path: '/auth/me', command: getMe }),
  route({ method: 'GET', path: '/auth/sessions', command: listSessions }),
  route({ method: 'DELETE', path: '/auth/sessions', command: revokeOtherSessions, status: 204 }),
  route({ method: 'DELETE', path: '/auth/sessions/{id}', command: revokeSession, status: 204 }),
  route({
    method: 'POST',
    path: '/auth/invitations/accept',
    command: acceptInvitation,
    status: 201,
    location: () => '/auth/me',
    browser: 'opens',
  }),
];

const MFA_ROUTES: readonly RouteDefinition[] = [
  route({ method: 'GET', path: '/auth/mfa', command: mfaStatus }),
  route({ method: 'POST', path: '/auth/mfa/enroll', command: enrollMfa }),
  route({ method: 'POST', path: '/auth/mfa/confirm', command: confirmMfa }),
  route({ method: 'POST', path: '/auth/mfa/recovery-codes', command: renewRecoveryCodes }),
  route({ method: 'POST', path: '/auth/mfa/disable', command: disableMfa, status: 204 }),
  route({
    method: 'POST',
    path: '/auth/mfa/verify',
    command: verifyMfa,
    answer: answerLogin,
    answers: LOGIN_ANSWERS,
    browser: 'opens',
  }),
];

const PASSWORD_ROUTES: readonly RouteDefinition[] = [
  route({ method: 'POST', path: '/auth/password/change', command: changePassword, status: 204 }),
  route({ method: 'POST', path: '/auth/password/forgot', command: requestPasswordReset, status: 202 }),
  route({ method: 'POST', path: '/auth/password/reset', command: resetPassword, status: 204 }),
  route({
    method: 'POST',
    path: '/auth/password/renew',
    command: renewPassword,
    answer: answerLogin,
    answers: LOGIN_ANSWERS,
    browser: 'opens',
  }),
];

const OIDC_ROUTES: readonly RouteDefinition[] = [
  route({ method: 'GET', path: '/auth/oidc/{organization}/providers', command: listLoginProviders }),
  route({
    method: 'GET',
    path: '/auth/oidc/{organization}/{provider}/login',
    command: beginOidcLogin,
    answer: ({ url, flow }) => ({ status: 302, headers: { location: url }, body: { flow } }),
    answers: REDIRECTED,
    browser: 'begins_login',
  }),
  route({
    method: 'GET',
    path: '/auth/oidc/callback',
    command: finishOidcLogin,
    anyQuery: true,
    hidden: ['query', 'flow'],
    query: {
      code: { type: 'string', description: 'Of the provider' },
      state: { type: 'string', description: 'Of this login' },
    },
    request: ({ query, flow = '' }) => ({ query: queryText(query), flow }),
    answer: ({ session, redirectTo }) => ({ status: 302, headers: { location: redirectTo }, body: session }),
    answers: REDIRECTED,
    browser: 'finishes_login',
  }),
];

export const AUTH_ROUTES: readonly RouteDefinition[] = [
  ...SESSION_ROUTES,
  ...MFA_ROUTES,
  ...PASSWORD_ROUTES,
  ...OIDC_ROUTES,
];

/** As the provider sent it: each parameter, also those that came twice. */
function queryText(query: Readonly<Record<string, string | string[]>>): string {
  const all = new URLSearchParams();
  for (const [name, values] of Object.entries(query)) for (const value of [values].flat()) all.append(name, value);
  return all.toString();
}
