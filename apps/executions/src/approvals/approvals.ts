import type { Pool } from 'pg';
import type { NudgeOwner } from '../inbox/nudge-owner.js';
import { ApprovalLinks } from './approval-links.js';
import { ApprovalsRepository } from './approvals.repository.js';
import { DecideApproval } from './decide-approval.js';
import { DecisionsRepository } from './decisions.repository.js';
import { ReadApprovals } from './read-approvals.js';

/** The use cases about what runs ask people. */
export interface Approvals {
  read: ReadApprovals;
  decide: DecideApproval;
  links: ApprovalLinks;
}

export function createApprovals(pool: Pool, nudge: NudgeOwner): Approvals {
  const approvals = new ApprovalsRepository(pool);
  const decisions = new DecisionsRepository(pool);
  const decide = new DecideApproval(approvals, decisions, nudge);
  return { read: new ReadApprovals(approvals), decide, links: new ApprovalLinks(approvals, decisions, decide) };
}
