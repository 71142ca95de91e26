import { AppError, type ListStepsReply, type ListStepsRequest } from '@rpa/contracts';
import type { ExecutionsRepository } from './executions.repository.js';
import type { ReadSteps } from './read-steps.js';

const DEFAULT_LIMIT = 50;

/** The steps of the top level, or of a container's iterations, in the order in which the journal first names them. */
export class ListSteps {
  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly steps: ReadSteps,
  ) {}

  async execute(organizationId: string, request: ListStepsRequest): Promise<ListStepsReply> {
    const row = await this.executions.get(organizationId, request.id);
    const steps = await this.steps.execute(row, request.parent);
    const from = request.cursor === undefined ? 0 : readPosition(request.cursor);
    const to = from + (request.limit ?? DEFAULT_LIMIT);
    return { data: steps.slice(from, to), nextCursor: to < steps.length ? String(to) : null };
  }
}

/** Cursors of lists whose rows are numbered. */
export function readPosition(cursor: string): number {
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor);
  throw new AppError('validation_failed', 'The cursor is not one that this list gave.', {
    errors: [{ path: 'cursor', code: 'cursor', message: 'must be the nextCursor of the page before' }],
  });
}
