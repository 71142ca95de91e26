import type { ExecutionStatus, Labels } from '@rpa/contracts';

/** What one run writes in one commit. At most one append of a run is in flight. */
export interface Append {
  executionId: string;
  /** Absent where only the summary row or the inbox changes. */
  records?: { seq: number; lastSeq: number; body: string };
  start?: StartRow;
  change?: SummaryChange;
  /** Written only when the run leaves memory by this commit. */
  timers: { timer: string; dueAt: number }[];
  /** Ids of the inbox rows that these records come from. */
  consumed: string[];
  /** Stimuli for other runs, committed with their cause. */
  outbox: InboxRow[];
  snapshot?: { seq: number; body: string };
  /** Questions to people that begin with these records, and those that end. */
  approvals?: ApprovalRow[];
  closedApprovals?: ClosedApproval[];
  /** Start of the workflow that is told of a bad end. */
  onFailure?: OnFailureRow;
}

/** A question to people; JSON columns as text. */
export interface ApprovalRow {
  id: string;
  organizationId: string;
  workflowId: string;
  workflowName: string;
  test: boolean;
  path: string;
  title: string;
  /** The step's evaluated config: message, form, decisions, assignees, default. */
  config: string;
  expiresAt: number | null;
  createdAt: number;
}

export interface ClosedApproval {
  /** Null: every open one of the run. */
  path: string | null;
  status: 'decided' | 'expired' | 'cancelled';
  decision: string | null;
}

export interface OnFailureRow {
  organizationId: string;
  /** Names the end among all of the run. */
  seq: number;
  workflowKey: string;
  /** What the workflow is started with, as text. */
  inputs: string;
  traceparent: string | null;
}

/** The new summary row; JSON columns as text. */
export interface StartRow {
  organizationId: string;
  workflowId: string;
  versionId: string;
  workflowName: string;
  workflowVersion: number;
  status: ExecutionStatus;
  test: boolean;
  triggerType: string;
  triggerId: string | null;
  inputs: string;
  output: string | null;
  error: string | null;
  parent: { executionId: string; path: string; attempt: number } | null;
  rerunOf: string | null;
  priority: number;
  labels: Labels | null;
  businessKey: string | null;
  traceparent: string | null;
  waitReply: string | null;
  owned: boolean;
  settled: number;
  total: number;
  startedAt: number;
  completedAt: number | null;
  /** Makes the start happen once; a start whose key is taken writes nothing. */
  key: { source: string; key: string; fingerprint: string | null } | null;
}

export interface SummaryChange {
  status: ExecutionStatus;
  output: string | null;
  error: string | null;
  settled: number;
  total: number;
  completedAt: number | null;
  /**
   * `keep`: the replica goes on with the run. `let_go`: it leaves memory unless something lies in its inbox.
   * `release`: it has ended or somebody else shall go on with it.
   */
  owner: 'keep' | 'let_go' | 'release';
}

export interface InboxRow {
  id: string;
  organizationId: string;
  executionId: string;
  kind: string;
  dedupeKey: string;
  body: string;
}

export interface Committed {
  /** A start whose key was taken: nothing of it was written. */
  duplicate: boolean;
  /** The run was to be let go, but something lies in its inbox. */
  kept: boolean;
}
