import type { ReadChangesReply, ReadChangesRequest } from '@rpa/contracts';
import { decodePosition, encodeCursor } from '@rpa/platform';
import { readTime } from '../read/list-executions.js';
import { FIRST_ID, LAST_ID, type ChangePosition, type ChangesRepository } from './changes.repository.js';

const DEFAULT_LIMIT = 200;

/** Which executions have changed since the caller looked the last time, each change once and in order. */
export class FollowChanges {
  constructor(private readonly changes: ChangesRepository) {}

  async execute(organizationId: string, request: ReadChangesRequest): Promise<ReadChangesReply> {
    const { workflowId, limit = DEFAULT_LIMIT } = request;
    const scope = JSON.stringify(['changes', organizationId]);
    const until = await this.changes.settledUntil();
    const after = readStart(request, scope);
    if (!after) return { data: [], next: encodeCursor(LAST_ID, scope, until), more: false };
    const options = { limit: limit + 1, ...(workflowId && { workflowId }) };
    const rows = await this.changes.page(organizationId, after, until, options);
    const data = rows.slice(0, limit);
    const more = rows.length > limit;
    const last = more ? data.at(-1) : null;
    // A clock that went back must not make anybody read the same changes again.
    const end = after.at > until ? after : { at: until, id: LAST_ID };
    const next = last ? { at: last.at, id: last.executionId } : end;
    return { data, next: encodeCursor(next.id, scope, next.at), more };
  }
}

function readStart({ since, cursor }: ReadChangesRequest, scope: string): ChangePosition | null {
  if (cursor !== undefined) {
    const { id, value } = decodePosition(cursor, scope);
    return { id, at: new Date(readTime('cursor', String(value))).toISOString() };
  }
  return since === undefined ? null : { at: new Date(readTime('since', since)).toISOString(), id: FIRST_ID };
}
