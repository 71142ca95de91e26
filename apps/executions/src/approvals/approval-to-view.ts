import type { ApprovalView, JsonObject, JsonValue, LinkedApproval, Principal } from '@rpa/contracts';
import { assigneesOf, mayDecide } from './approval-access.js';
import type { StoredApproval } from './approvals.repository.js';
import type { ApprovalLink } from './decisions.repository.js';

export function toApprovalView(row: StoredApproval, principal: Principal | null): ApprovalView {
  const { defaultDecision } = row.config;
  return {
    id: row.id,
    executionId: row.executionId,
    workflowId: row.workflowId,
    workflowName: row.workflowName,
    test: row.test,
    path: row.path,
    title: row.title,
    message: messageOf(row),
    form: formOf(row),
    decisions: decisionsOf(row),
    assignees: assigneesOf(row),
    mayDecide: row.status === 'pending' && mayDecide(principal, row),
    status: row.status,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    defaultDecision: typeof defaultDecision === 'string' ? defaultDecision : null,
    decision: row.decision,
    decidedBy: row.decidedBy,
    decidedAt: row.decidedAt?.toISOString() ?? null,
    data: row.data ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}

export function toLinkedApproval(row: StoredApproval, link: ApprovalLink): LinkedApproval {
  const decisions = decisionsOf(row);
  const until = Math.min(link.expiresAt.getTime(), row.expiresAt?.getTime() ?? Infinity);
  return {
    title: row.title,
    message: messageOf(row),
    form: formOf(row),
    decisions: link.decision === null ? decisions : decisions.filter((decision) => decision === link.decision),
    workflowName: row.workflowName,
    status: row.status,
    decision: row.decision,
    expiresAt: new Date(until).toISOString(),
  };
}

export function decisionsOf({ config }: StoredApproval): string[] {
  const { decisions } = config;
  return Array.isArray(decisions) ? decisions.map(String) : [];
}

export function formOf({ config }: StoredApproval): JsonObject | null {
  const { form } = config;
  return typeof form === 'object' && form !== null && !Array.isArray(form) ? form : null;
}

function messageOf({ config }: StoredApproval): JsonValue {
  return config['message'] ?? null;
}
