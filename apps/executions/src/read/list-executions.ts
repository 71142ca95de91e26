import { AppError, type ListExecutionsReply, type ListExecutionsRequest } from '@rpa/contracts';
import type { ExecutionsRepository } from './executions.repository.js';
import { toSummary } from './to-view.js';

/** Executions of an organization, newest first. */
export class ListExecutions {
  constructor(private readonly executions: ExecutionsRepository) {}

  async execute(organizationId: string, request: ListExecutionsRequest): Promise<ListExecutionsReply> {
    const { data, nextCursor } = await this.executions.list(organizationId, toFilter(request));
    return { data: data.map(toSummary), nextCursor };
  }
}

/** With times as numbers. */
export function toFilter<Asked extends { from?: string; to?: string }>({
  from,
  to,
  ...filter
}: Asked): Omit<Asked, 'from' | 'to'> & { from?: number; to?: number } {
  return {
    ...filter,
    ...(from !== undefined && { from: readTime('from', from) }),
    ...(to !== undefined && { to: readTime('to', to) }),
  };
}

/** Epoch milliseconds of an RFC 3339 time. @throws `validation_failed` */
export function readTime(path: string, text: string): number {
  const at = Date.parse(text);
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(at) && hasDay(text.slice(0, 10))) return at;
  const message = 'must be a time such as 2026-01-31T12:00:00Z';
  throw new AppError('validation_failed', `'${path}' ${message}.`, { errors: [{ path, code: 'time', message }] });
}

/** `Date.parse` would read the 30th of February as the 2nd of March. */
function hasDay(day: string): boolean {
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
}
