import { AppError, ID_PATTERN, type ApprovalStatus, type JsonObject, type JsonValue } from '@rpa/contracts';
import { decodePosition, encodeCursor, type Page } from '@rpa/platform';
import type { Pool } from 'pg';

export interface StoredApproval {
  id: string;
  organizationId: string;
  executionId: string;
  workflowId: string;
  workflowName: string;
  test: boolean;
  path: string;
  title: string;
  config: JsonObject;
  status: ApprovalStatus;
  expiresAt: Date | null;
  decision: string | null;
  decidedBy: string | null;
  decidedAt: Date | null;
  data: JsonValue;
  createdAt: Date;
}

export interface ApprovalFilter {
  status?: ApprovalStatus;
  executionId?: string;
  /** Names of the one who asks: only approvals that name one of them, or nobody if `everybodys`. */
  names?: readonly string[];
  everybodys?: boolean;
}

const COLUMNS = `a.id, a.organization_id AS "organizationId", a.execution_id AS "executionId",
  a.workflow_id AS "workflowId", a.workflow_name AS "workflowName", a.test, a.path, a.title, a.config, a.status,
  a.expires_at AS "expiresAt", a.decision, a.decided_by AS "decidedBy", a.decided_at AS "decidedAt", a.data,
  a.created_at AS "createdAt"`;

const DEFAULT_LIMIT = 50;

/** What the runs of an organization ask people. */
export class ApprovalsRepository {
  constructor(private readonly pool: Pool) {}

  async get(organizationId: string, id: string): Promise<StoredApproval> {
    const { rows } = ID_PATTERN.test(id)
      ? await this.pool.query<StoredApproval>(
          `SELECT ${COLUMNS} FROM executions.approvals a
            WHERE a.organization_id = $1::uuid AND a.id = $2::uuid AND a.deleted_at IS NULL`,
          [organizationId, id],
        )
      : { rows: [] };
    if (!rows[0]) throw new AppError('not_found', 'There is no approval with this id.');
    return rows[0];
  }

  /** Newest first. */
  async list(
    organizationId: string,
    filter: ApprovalFilter,
    { limit = DEFAULT_LIMIT, cursor }: { limit?: number; cursor?: string },
  ): Promise<Page<StoredApproval>> {
    const { status, executionId, names, everybodys = false } = filter;
    const scope = JSON.stringify(['approvals', organizationId, status, executionId, names]);
    const { rows } = await this.pool.query<StoredApproval>(
      `SELECT ${COLUMNS} FROM executions.approvals a
        WHERE a.organization_id = $1::uuid AND a.deleted_at IS NULL
          AND ($2::text IS NULL OR a.status = $2) AND ($3::uuid IS NULL OR a.execution_id = $3)
          AND ($4::uuid IS NULL OR a.id < $4)
          AND ($5::text[] IS NULL OR CASE WHEN coalesce(json_array_length(a.config -> 'assignees'), 0) = 0 THEN $6::boolean
                ELSE EXISTS (SELECT FROM json_array_elements_text(a.config -> 'assignees') n WHERE n = ANY ($5)) END)
        ORDER BY a.id DESC LIMIT $7::int`,
      [
        organizationId,
        status ?? null,
        executionId ?? null,
        cursor === undefined ? null : decodePosition(cursor, scope).id,
        names ?? null,
        everybodys,
        limit + 1,
      ],
    );
    const data = rows.slice(0, limit);
    const last = data.at(-1);
    return { data, nextCursor: rows.length > limit && last ? encodeCursor(last.id, scope) : null };
  }
}
