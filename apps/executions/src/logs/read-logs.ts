import type { ReadLogsReply, ReadLogsRequest } from '@rpa/contracts';
import { decodePosition, encodeCursor } from '@rpa/platform';
import type { ExecutionsRepository } from '../read/executions.repository.js';
import type { LogsRepository } from './logs.repository.js';

const DEFAULT_LIMIT = 100;

/** The log of one execution, oldest line first. */
export class ReadLogs {
  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly logs: LogsRepository,
  ) {}

  async execute(organizationId: string, request: ReadLogsRequest): Promise<ReadLogsReply> {
    const { id, level, path, search, limit = DEFAULT_LIMIT, cursor } = request;
    await this.executions.get(organizationId, id);
    const scope = JSON.stringify(['logs', organizationId, id, level, path, search]);
    const after = cursor === undefined ? 0 : Number(decodePosition(cursor, scope).value ?? 0);
    const filter = { ...(level && { level }), ...(path !== undefined && { path }), ...(search && { search }) };
    const [rows, omitted] = await Promise.all([
      this.logs.page(organizationId, id, filter, { after, limit: limit + 1 }),
      this.logs.omitted(organizationId, id),
    ]);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      data: shown.map(({ id: _, ...line }) => line),
      nextCursor: rows.length > limit && last ? encodeCursor(id, scope, last.id) : null,
      truncated: omitted > 0,
      omitted,
    };
  }
}
