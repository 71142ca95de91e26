import type { JsonValue } from '@rpa/contracts';
import type { Pool } from 'pg';
import { v7 as newId } from 'uuid';
import type { ApprovalBody } from '../inbox/to-event.js';
import type { StoredApproval } from './approvals.repository.js';

export interface ApprovalLink {
  id: string;
  organizationId: string;
  approvalId: string;
  decision: string | null;
  expiresAt: Date;
  usedAt: Date | null;
}

export interface MadeDecision {
  approval: StoredApproval;
  decision: string;
  data: JsonValue;
  by: string;
  /** Link that it is made by; used up with it. */
  linkId?: string;
}

/** Makes decisions durable, once each, and keeps the links by which they can be made. */
export class DecisionsRepository {
  constructor(private readonly pool: Pool) {}

  /**
   * The decision, the inbox row that tells the run, and the use of the link: all or nothing. False: it was decided, its
   * run has ended, or its time is over; a decision in the last second might come after the run's own clock.
   */
  async decide({ approval, decision, data, by, linkId }: MadeDecision): Promise<boolean> {
    const body: ApprovalBody = { path: approval.path, decision, by, data };
    const { rowCount } = await this.pool.query(
      `WITH decided AS (
         UPDATE executions.approvals a
            SET status = 'decided', decision = $3::text, decided_by = $4::text, data = $5::json,
                decided_at = clock_timestamp(), updated_at = clock_timestamp()
           FROM executions.executions e
          WHERE a.organization_id = $1::uuid AND a.id = $2::uuid AND a.status = 'pending' AND a.deleted_at IS NULL
            AND (a.expires_at IS NULL OR a.expires_at > clock_timestamp() + interval '1 second')
            AND e.id = a.execution_id AND e.status IN ('pending', 'running', 'waiting', 'paused', 'needs_decision')
            AND ($6::uuid IS NULL OR EXISTS (
              SELECT FROM executions.approval_links l
               WHERE l.id = $6 AND l.approval_id = a.id AND l.used_at IS NULL AND l.expires_at > clock_timestamp()))
         RETURNING a.organization_id, a.execution_id, a.path
       ), used AS (
         UPDATE executions.approval_links SET used_at = clock_timestamp() FROM decided WHERE id = $6::uuid
       )
       INSERT INTO executions.inbox (id, organization_id, execution_id, kind, dedupe_key, body)
       SELECT $7::uuid, d.organization_id, d.execution_id, 'approval', 'approval ' || d.path, $8::json FROM decided d`,
      [
        approval.organizationId,
        approval.id,
        decision,
        by,
        JSON.stringify(data),
        linkId ?? null,
        newId(),
        JSON.stringify(body),
      ],
    );
    return rowCount === 1;
  }

  async addLink(link: Omit<ApprovalLink, 'usedAt'> & { tokenHash: Buffer; createdBy: string }): Promise<void> {
    await this.pool.query(
      `INSERT INTO executions.approval_links (id, organization_id, approval_id, token_hash, decision, created_by, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [link.id, link.organizationId, link.approvalId, link.tokenHash, link.decision, link.createdBy, link.expiresAt],
    );
  }

  /** Whoever has the token is let in, of whatever organization; null when it is none, or too old. */
  async byToken(tokenHash: Buffer): Promise<ApprovalLink | null> {
    const { rows } = await this.pool.query<ApprovalLink>(
      `SELECT id, organization_id AS "organizationId", approval_id AS "approvalId", decision,
              expires_at AS "expiresAt", used_at AS "usedAt"
         FROM executions.approval_links WHERE token_hash = $1 AND expires_at > clock_timestamp()`,
      [tokenHash],
    );
    return rows[0] ?? null;
  }
}
