import { Injectable } from '@nestjs/common';
import { AppError, type Principal, type ResolveVersionReply, type ResolveVersionRequest } from '@rpa/contracts';
import { Database, organizationOf } from '@rpa/platform';
import { CheckDefinition } from '../definition/check-definition.js';
import { FreezeDefinition } from '../definition/freeze-definition.js';
import { StepTypesRepository } from '../step-types/step-types.repository.js';
import { WorkflowsRepository } from '../workflows/workflows.repository.js';
import { VersionsRepository } from './versions.repository.js';

interface ResolvedRow {
  workflow_id: string;
  key: string;
  name: string;
  status: string;
  version_id: string | null;
  number: number | null;
}

const statement = (name: string, column: string): { name: string; text: string } => ({
  name,
  text: `SELECT w.id AS workflow_id, w.key, w.name, w.status, v.id AS version_id, v.number
           FROM workflows.workflows w
           LEFT JOIN workflows.workflow_versions v
             ON v.organization_id = w.organization_id AND v.workflow_id = w.id AND v.number > 0
            AND v.number = coalesce($3::int, w.published_version)
          WHERE w.organization_id = $1 AND w.${column} = $2 AND w.deleted_at IS NULL`,
});
export const BY_ID = statement('resolve_version_by_id', 'id');
export const BY_KEY = statement('resolve_version_by_key', 'key');

/** Finds what a start runs now: one prepared statement, asked at every start. */
@Injectable()
export class ResolveVersion {
  constructor(
    private readonly database: Database,
    private readonly workflows: WorkflowsRepository,
    private readonly versions: VersionsRepository,
    private readonly stepTypes: StepTypesRepository,
    private readonly check: CheckDefinition,
    private readonly freeze: FreezeDefinition,
  ) {}

  async execute(principal: Principal | null, request: ResolveVersionRequest): Promise<ResolveVersionReply> {
    const organizationId = organizationOf(principal);
    const number = versionNumber(request.version);
    const { rows } = await this.database.pool.query<ResolvedRow>({
      ...(request.workflowId === undefined ? BY_KEY : BY_ID),
      values: [organizationId, request.workflowId ?? request.workflowKey, number],
    });
    const row = rows[0];
    if (!row) throw new AppError('not_found', `There is no workflow ${nameOf(request)}.`);
    const workflow = { workflowId: row.workflow_id, workflowKey: row.key, workflowName: row.name };
    if (request.version === 'draft') {
      const versionId = await this.keepDraft(principal, organizationId, row.workflow_id);
      return { ...workflow, versionId, version: 0, draft: true };
    }
    if (row.version_id !== null && row.number !== null)
      return { ...workflow, versionId: row.version_id, version: row.number, draft: false };
    if (number !== null) throw new AppError('not_found', `The workflow '${row.key}' has no version ${number}.`);
    throw new AppError(
      'workflow_not_published',
      row.status === 'archived'
        ? `The workflow '${row.key}' is archived; publish it to start it again.`
        : `The workflow '${row.key}' has no published version; publish it, or start it with version "draft".`,
    );
  }

  /** A test run is pinned like any other: to a copy of the draft as it is now. */
  private async keepDraft(principal: Principal | null, organizationId: string, id: string): Promise<string> {
    const { draft } = await this.workflows.getWithDraft(organizationId, id);
    await this.check.assertValid(principal, draft);
    const frozen = await this.freeze.execute(draft, await this.stepTypes.descriptors());
    return this.versions.keepDraft(organizationId, id, frozen);
  }
}

function versionNumber(version: unknown): number | null {
  if (version === undefined || version === null || version === 'draft') return null;
  if (typeof version === 'number' && Number.isInteger(version) && version > 0 && version < 2 ** 31) return version;
  throw new AppError('validation_failed', 'The version is neither a number nor "draft".', {
    errors: [{ path: 'version', code: 'version', message: 'must be a version number from 1 on, or "draft"' }],
  });
}

function nameOf(request: ResolveVersionRequest): string {
  return request.workflowId === undefined ? `with the key '${request.workflowKey}'` : 'with this id';
}
