import {
  createCredential,
  deleteCredential,
  getCredential,
  listCredentials,
  restoreCredential,
  updateCredential,
} from '@rpa/contracts';
import { route, type RouteDefinition } from '../http/define-route.js';

export const CREDENTIAL_ROUTES: readonly RouteDefinition[] = [
  route({ method: 'GET', path: '/credentials', command: listCredentials }),
  route({
    method: 'POST',
    path: '/credentials',
    command: createCredential,
    status: 201,
    location: (credential) => `/credentials/${credential.id}`,
  }),
  route({ method: 'GET', path: '/credentials/{id}', command: getCredential }),
  route({ method: 'PATCH', path: '/credentials/{id}', command: updateCredential }),
  route({ method: 'PUT', path: '/credentials/{id}', command: updateCredential }),
  route({ method: 'DELETE', path: '/credentials/{id}', command: deleteCredential, status: 204 }),
  route({ method: 'POST', path: '/credentials/{id}/restore', command: restoreCredential }),
];
