import { findNode, type Effect } from '@rpa/engine';
import { v7 as newId } from 'uuid';
import type { ApprovalRow } from '../commit/append.js';
import type { LiveRun } from '../runs/live-run.js';

const MAX_TITLE = 500;
const DECISIONS = ['approved', 'rejected'];

/** The row that people find a run's question by; committed with the record that asks it. */
export function approvalRow(run: LiveRun, effect: Extract<Effect, { type: 'request_approval' }>): ApprovalRow {
  const { start } = run.state;
  const { title, decisions = DECISIONS, ...config } = effect.config;
  const branches = findNode(run.plan.root, effect.path)?.branchNames ?? [];
  const offered = [...new Set([...(Array.isArray(decisions) ? decisions : []), ...branches])];
  return {
    id: newId(),
    organizationId: run.identity.organizationId,
    workflowId: run.identity.workflowId,
    workflowName: start.workflow.name,
    test: start.test === true,
    path: effect.path,
    title: String(title).slice(0, MAX_TITLE),
    config: JSON.stringify({ ...config, decisions: offered }),
    expiresAt: effect.expiresAt ?? null,
    createdAt: Date.now(),
  };
}
