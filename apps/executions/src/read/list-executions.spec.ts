import { describe, expect, it } from '@jest/globals';
import type { ExecutionsRepository } from './executions.repository.js';
import { ListExecutions } from './list-executions.js';

const seen: unknown[] = [];
const repository = {
  list: (organizationId: string, filter: object) => {
    seen.push({ organizationId, ...filter });
    return Promise.resolve({ data: [], nextCursor: null });
  },
} as unknown as ExecutionsRepository;
const list = new ListExecutions(repository);

describe('ListExecutions', () => {
  it.each([
    ['2026-01-31', Date.UTC(2026, 0, 31)],
    ['2028-02-29T12:00:00Z', Date.UTC(2028, 1, 29, 12)],
    ['2026-01-01T00:00:00+02:00', Date.UTC(2025, 11, 31, 22)],
  ])('reads %s', async (from, at) => {
    await list.execute('org', { from });
    expect(seen.at(-1)).toMatchObject({ organizationId: 'org', from: at });
  });

  it.each(['yesterday', '2026-02-30T00:00:00Z', '2027-02-29', '2026-13-01', '+275761-01-01T00:00:00Z'])(
    'refuses %s',
    async (to) => {
      await expect(list.execute('org', { to })).rejects.toMatchObject({
        code: 'validation_failed',
        errors: [{ path: 'to', code: 'time' }],
      });
    },
  );
});
