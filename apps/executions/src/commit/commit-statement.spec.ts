import { describe, expect, it } from '@jest/globals';
import type { Append, StartRow } from './append.js';
import { commitStatement } from './commit-statement.js';

const plain: Append = { executionId: 'e', timers: [], consumed: [], outbox: [] };
const records = { seq: 1, lastSeq: 1, body: '[]' };
const key = { source: 's', key: 'k', fingerprint: null };
const start = (more: object): Append => ({
  ...plain,
  records,
  start: { startedAt: 0, completedAt: null, ...more } as StartRow,
});
const change = {
  status: 'waiting',
  output: null,
  error: null,
  settled: 0,
  total: 0,
  completedAt: null,
  owner: 'let_go',
};
const everything: Append = {
  ...plain,
  records,
  change: change as NonNullable<Append['change']>,
  consumed: ['i'],
  timers: [{ timer: 't', dueAt: 0 }],
  outbox: [{ id: 'o', organizationId: 'o', executionId: 'o', kind: 'k', dedupeKey: 'd', body: '{}' }],
  snapshot: { seq: 1, body: '{}' },
};

describe('commitStatement', () => {
  it('has the same shape for one run and for many', () => {
    const one = commitStatement('1', [{ ...plain, records }]);
    const many = commitStatement('1', [
      { ...plain, records },
      { ...plain, records },
    ]);
    expect(one.text).toBe(many.text);
    expect(one.name).toBe(many.name);
    expect(many.values?.[1]).toEqual(['e', 'e']);
  });

  it('has a name of its own for each shape, within what PostgreSQL keeps of it', () => {
    const statements = [
      [{ ...plain, records }],
      [start({ key: null })],
      [start({ key })],
      [everything],
      [start({ key }), everything],
      [start({ key: null }), everything],
    ].map((batch) => commitStatement('1', batch));
    expect(new Set(statements.map((statement) => statement.name)).size).toBe(statements.length);
    expect(new Set(statements.map((statement) => statement.text)).size).toBe(statements.length);
    for (const { name } of statements) expect(String(name).length).toBeLessThan(64);
  });

  it('hangs everything on the lease', () => {
    const { text } = commitStatement('1', [start({ key }), everything]);
    const writes = String(text).match(/(INSERT INTO|UPDATE|DELETE FROM) executions\.\w+/g) ?? [];
    expect(writes.length).toBeGreaterThanOrEqual(8);
    expect(String(text).match(/\bheld\b(?! AS \()/g)?.length).toBeGreaterThanOrEqual(writes.length);
  });
});
