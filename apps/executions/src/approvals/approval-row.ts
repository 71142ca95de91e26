import type { Effect } from '@rpa/engine';
import { v7 as newId } from 'uuid';
import type { ApprovalRow } from '../commit/append.js';
import type { LiveRun } from '../runs/live-run.js';

const MAX_TITLE = 500;

/** The row that people find a run's question by; committed with the record that asks it. */
export function approvalRow(run: LiveRun, effect: Extract<Effect, { type: 'request_approval' }>): ApprovalRow {
  const { start } = run.state;
  const { title, ...config } = effect.config;
  return {
    id: newId(),
    organizationId: run.identity.organizationId,
    workflowId: run.identity.workflowId,
    workflowName: start.workflow.name,
    test: start.test === true,
    path: effect.path,
    title: String(title).slice(0, MAX_TITLE),
    config: JSON.stringify(config),
    expiresAt: effect.expiresAt ?? null,
    createdAt: Date.now(),
  };
}
