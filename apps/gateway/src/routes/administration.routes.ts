import {
  activateUser,
  assignRole,
  createApiKey,
  createOidcProvider,
  createRole,
  deactivateUser,
  deleteOidcProvider,
  deleteRole,
  deleteUser,
  eraseUser,
  getApiKey,
  getOidcProvider,
  getOrganization,
  getRole,
  getUser,
  inviteUser,
  issuePasswordReset,
  listApiKeys,
  listInvitations,
  listOidcProviders,
  listPermissions,
  listRoles,
  listUsers,
  listUserSessions,
  logOutUser,
  resetUserMfa,
  restoreUser,
  revokeApiKey,
  revokeInvitation,
  setUserRoles,
  unlockUser,
  updateOidcProvider,
  updateOrganization,
  updateRole,
  updateUser,
} from '@rpa/contracts';
import { route, type RouteDefinition } from '../http/define-route.js';

const USER_ROUTES: readonly RouteDefinition[] = [
  route({ method: 'GET', path: '/users', command: listUsers }),
  route({ method: 'GET', path: '/users/{id}', command: getUser }),
  route({ method: 'PATCH', path: '/users/{id}', command: updateUser }),
  route({ method: 'DELETE', path: '/users/{id}', command: deleteUser, status: 204 }),
  route({ method: 'POST', path: '/users/{id}/restore', command: restoreUser }),
  route({ method: 'POST', path: '/users/{id}/deactivate', command: deactivateUser }),
  route({ method: 'POST', path: '/users/{id}/activate', command: activateUser }),
  route({ method: 'POST', path: '/users/{id}/unlock', command: unlockUser, status: 204 }),
  route({ method: 'POST', path: '/users/{id}/erase', command: eraseUser, status: 204 }),
  route({ method: 'PUT', path: '/users/{id}/roles', command: setUserRoles }),
  route({ method: 'GET', path: '/users/{id}/sessions', command: listUserSessions }),
  route({ method: 'DELETE', path: '/users/{id}/sessions', command: logOutUser, status: 204 }),
  route({ method: 'DELETE', path: '/users/{id}/mfa', command: resetUserMfa, status: 204 }),
  route({ method: 'POST', path: '/users/{id}/password-reset', command: issuePasswordReset, status: 201 }),
  route({ method: 'GET', path: '/invitations', command: listInvitations }),
  route({
    method: 'POST',
    path: '/invitations',
    command: inviteUser,
    status: 201,
    location: () => '/invitations',
  }),
  route({ method: 'DELETE', path: '/invitations/{id}', command: revokeInvitation, status: 204 }),
];

const ROLE_ROUTES: readonly RouteDefinition[] = [
  route({ method: 'GET', path: '/permissions', command: listPermissions }),
  route({ method: 'GET', path: '/roles', command: listRoles }),
  route({
    method: 'POST',
    path: '/roles',
    command: createRole,
    status: 201,
    location: ({ key }) => `/roles/${key}`,
  }),
  route({ method: 'GET', path: '/roles/{key}', command: getRole }),
  route({ method: 'PATCH', path: '/roles/{key}', command: updateRole }),
  route({ method: 'DELETE', path: '/roles/{key}', command: deleteRole, status: 204 }),
  route({ method: 'POST', path: '/roles/{key}/users', command: assignRole, status: 204 }),
];

const API_KEY_ROUTES: readonly RouteDefinition[] = [
  route({ method: 'GET', path: '/api-keys', command: listApiKeys }),
  route({
    method: 'POST',
    path: '/api-keys',
    command: createApiKey,
    status: 201,
    location: ({ id }) => `/api-keys/${id}`,
  }),
  route({ method: 'GET', path: '/api-keys/{id}', command: getApiKey }),
  route({ method: 'DELETE', path: '/api-keys/{id}', command: revokeApiKey, status: 204 }),
];

const ORGANIZATION_ROUTES: readonly RouteDefinition[] = [
  route({ method: 'GET', path: '/organization', command: getOrganization }),
  route({ method: 'PATCH', path: '/organization', command: updateOrganization }),
  route({ method: 'GET', path: '/organization/oidc-providers', command: listOidcProviders }),
  route({
    method: 'POST',
    path: '/organization/oidc-providers',
    command: createOidcProvider,
    status: 201,
    location: ({ id }) => `/organization/oidc-providers/${id}`,
  }),
  route({ method: 'GET', path: '/organization/oidc-providers/{id}', command: getOidcProvider }),
  route({ method: 'PUT', path: '/organization/oidc-providers/{id}', command: updateOidcProvider }),
  route({
    method: 'DELETE',
    path: '/organization/oidc-providers/{id}',
    command: deleteOidcProvider,
    status: 204,
  }),
];

/** Who may do what in the organization. */
export const ADMINISTRATION_ROUTES: readonly RouteDefinition[] = [
  ...USER_ROUTES,
  ...ROLE_ROUTES,
  ...API_KEY_ROUTES,
  ...ORGANIZATION_ROUTES,
];
