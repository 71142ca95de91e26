import {
  createApprovalLink,
  decideApproval,
  decideLinkedApproval,
  getApproval,
  getLinkedApproval,
  listApprovals,
} from '@rpa/contracts';
import { route, type RouteDefinition } from '../http/define-route.js';

export const APPROVAL_ROUTES: readonly RouteDefinition[] = [
  route({ method: 'GET', path: '/approvals', command: listApprovals }),
  route({ method: 'GET', path: '/approvals/{id}', command: getApproval }),
  route({ method: 'POST', path: '/approvals/{id}/decide', command: decideApproval }),
  route({ method: 'POST', path: '/approvals/{id}/links', command: createApprovalLink, status: 201 }),
  route({ method: 'GET', path: '/approval-links/{token}', command: getLinkedApproval }),
  route({ method: 'POST', path: '/approval-links/{token}', command: decideLinkedApproval }),
];
