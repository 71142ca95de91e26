import { AppError, type ListExecutionsReply, type ListExecutionsRequest } from '@rpa/contracts';
import type { ExecutionsRepository } from './executions.repository.js';
import { toSummary } from './to-view.js';

/** Executions of an organization, newest first. */
export class ListExecutions {
  constructor(private readonly executions: ExecutionsRepository) {}

  async execute(organizationId: string, request: ListExecutionsRequest): Promise<ListExecutionsReply> {
    const { from, to, ...filter } = request;
    const { data, nextCursor } = await this.executions.list(organizationId, {
      ...filter,
      ...(from !== undefined && { from: readTime('from', from) }),
      ...(to !== undefined && { to: readTime('to', to) }),
    });
    return { data: data.map(toSummary), nextCursor };
  }
}

function readTime(path: string, text: string): number {
  const at = Date.parse(text);
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(at)) return at;
  const message = 'must be a time such as 2026-01-31T12:00:00Z';
  throw new AppError('validation_failed', `'${path}' ${message}.`, { errors: [{ path, code: 'time', message }] });
}
