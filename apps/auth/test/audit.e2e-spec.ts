import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  appendAudit,
  listAuditRecords,
  registerUser,
  verifyAudit,
  type AuditEntry,
  type ListAuditRecordsReply,
} from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import pg from 'pg';
import { AppendAudit } from '../src/audit/append-audit.js';
import { AuthService, CLIENT, newPerson } from './auth-service.js';

const TAMPERINGS = 1_000;
const CHAIN = 40;
const MANY = 25_000;

let entries = 0;

function newEntry(organizationId: string, more: Partial<AuditEntry> = {}): AuditEntry {
  const number = ++entries;
  return {
    id: randomUUID(),
    organizationId,
    at: new Date(1_700_000_000_000 + number * 1_000).toISOString(),
    action: number % 2 ? 'workflow.published' : 'credential.created',
    actor: { kind: 'user', id: `user-${number % 3}` },
    resource: { type: number % 2 ? 'workflow' : 'credential', id: `row-${number}`, name: `Row "${number}"` },
    after: { number },
    ip: '192.0.2.7',
    ...more,
  };
}

describe('the audit log', () => {
  let auth: AuthService;
  let workflows: Bus;
  let sql: pg.Client;
  let asWorkflows: { principal: string };

  beforeAll(async () => {
    auth = await AuthService.start();
    const other = await auth.actAs('workflows');
    workflows = other.bus;
    asWorkflows = { principal: other.principal };
    sql = new pg.Client({ connectionString: auth.databaseUrl });
    await sql.connect();
  });
  afterAll(async () => {
    await sql.end();
    await workflows.close();
    await auth.stop();
  });

  async function newOrganization(): Promise<{ id: string; as: { principal: string } }> {
    const session = await auth.gateway.request(registerUser, newPerson(), { client: CLIENT });
    return { id: session.organization.id, as: { principal: session.accessToken } };
  }

  const append = (batch: AuditEntry[]) => workflows.request(appendAudit, { entries: batch }, asWorkflows);

  it('keeps an entry once, in order, and names who wrote it by the signature', async () => {
    const { id, as } = await newOrganization();
    const [one, two] = [newEntry(id), newEntry(id)];
    expect(await append([one])).toEqual({ kept: [one.id], refused: [] });
    expect(await append([one, two, two])).toEqual({ kept: [one.id, two.id, two.id], refused: [] });
    const { data } = await auth.gateway.request(listAuditRecords, { sort: 'asc' }, as);
    expect(data.map(({ seq, action, service }) => [seq, action, service])).toEqual([
      [1, 'organization.created', 'auth'],
      [2, one.action, 'workflows'],
      [3, two.action, 'workflows'],
    ]);
    const { organizationId: _, ...told } = one;
    expect(data[1]).toMatchObject({ ...told, before: null });
    expect(await auth.gateway.request(verifyAudit, {}, as)).toMatchObject({
      valid: true,
      checked: 3,
      total: 3,
      next: null,
    });
  });

  it('keeps what comes from many senders at once in one chain', async () => {
    const { id, as } = await newOrganization();
    const other = await newOrganization();
    const batches = Array.from({ length: 12 }, () => [newEntry(id), newEntry(other.id), newEntry(id)]);
    await Promise.all(batches.map((batch) => append(batch)));
    expect(await auth.gateway.request(verifyAudit, {}, as)).toMatchObject({ valid: true, total: 25 });
    expect(await auth.gateway.request(verifyAudit, {}, other.as)).toMatchObject({ valid: true, total: 13 });
  });

  it('puts aside what is no entry, and keeps the others', async () => {
    const { id } = await newOrganization();
    const good = newEntry(id);
    const odd = newEntry(id, { resource: { type: 'workflow', id: 'a\u0000b\ud800', name: '\u0000' } });
    const bad = [
      newEntry(id, { action: 'Nonsense' }),
      newEntry('nobody'),
      newEntry(id, { at: 'yesterday' }),
      newEntry(id, { actor: {} as never }),
      newEntry(id, { after: { text: 'x'.repeat(60_000) } }),
    ];
    const { kept, refused } = await append([...bad, good, odd]);
    expect(kept).toEqual([good.id, odd.id]);
    expect(refused.map((each) => each.id)).toEqual(bad.map((each) => each.id));
  });

  it('is filtered by each of its columns, page by page', async () => {
    const { id, as } = await newOrganization();
    const batch = Array.from({ length: 30 }, () => newEntry(id));
    await append(batch);
    const ask = async (filter: object) =>
      (await auth.gateway.request(listAuditRecords, { limit: 200, ...filter }, as)).data;
    const [first, second] = batch;
    expect(await ask({ action: 'workflow.published' })).toHaveLength(15);
    expect(await ask({ action: 'workflow.*' })).toHaveLength(15);
    expect(await ask({ action: 'work.*' })).toHaveLength(0);
    expect(await ask({ actorId: 'user-1' })).toHaveLength(10);
    expect(await ask({ resourceType: 'credential' })).toHaveLength(15);
    expect(await ask({ resourceType: first?.resource.type, resourceId: first?.resource.id })).toHaveLength(1);
    expect(await ask({ service: 'auth' })).toHaveLength(1);
    expect(await ask({ from: first?.at, to: second?.at })).toHaveLength(1);
    const pages: number[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: ListAuditRecordsReply = await auth.gateway.request(
        listAuditRecords,
        { limit: 7, ...(cursor && { cursor }) },
        as,
      );
      pages.push(...page.data.map(({ seq }) => seq));
      cursor = page.nextCursor;
    }
    expect(pages).toEqual(Array.from({ length: 31 }, (_, index) => 31 - index));
    await expect(auth.gateway.request(listAuditRecords, { cursor: 'nonsense' }, as)).rejects.toMatchObject({
      code: 'validation_failed',
    });
  });

  it('shows nobody the log of another organization, and nobody without the permission any', async () => {
    const mine = await newOrganization();
    const theirs = await newOrganization();
    await append([newEntry(mine.id)]);
    const { data } = await auth.gateway.request(listAuditRecords, {}, theirs.as);
    expect(data.map(({ seq, resource }) => [seq, resource.id])).toEqual([[1, theirs.id]]);
    await expect(auth.gateway.request(listAuditRecords, {}, {})).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(workflows.request(appendAudit, { entries: [] }, asWorkflows)).rejects.toMatchObject({
      code: 'validation_failed',
    });
  });

  it('refuses UPDATE, DELETE and TRUNCATE, whoever asks', async () => {
    const { id } = await newOrganization();
    for (const statement of [
      `UPDATE auth.audit_records SET action = 'x.y' WHERE organization_id = '${id}'`,
      `DELETE FROM auth.audit_records WHERE organization_id = '${id}'`,
      'TRUNCATE auth.audit_records',
      `DELETE FROM auth.audit_heads WHERE organization_id = '${id}'`,
      `UPDATE auth.audit_heads SET seq = 0 WHERE organization_id = '${id}'`,
      'TRUNCATE auth.audit_heads',
    ])
      await expect(sql.query(statement)).rejects.toThrow(/append-only/);
  });

  it(`finds each of ${TAMPERINGS} random tamperings by somebody who owns the database`, async () => {
    const { id, as } = await newOrganization();
    await append(Array.from({ length: CHAIN - 1 }, () => newEntry(id)));
    const { anchor } = await auth.gateway.request(verifyAudit, {}, as);
    // Only an owner of the tables can switch the triggers off.
    await sql.query('SET session_replication_role = replica');
    await sql.query('CREATE TEMP TABLE records_copy AS SELECT * FROM auth.audit_records WHERE organization_id = $1', [
      id,
    ]);
    await sql.query('CREATE TEMP TABLE head_copy AS SELECT * FROM auth.audit_heads WHERE organization_id = $1', [id]);
    const mine = `WHERE organization_id = '${id}'`;
    const overlooked: string[] = [];
    for (let round = 0; round < TAMPERINGS; round++) {
      const [name, statement] = randomTampering(id);
      await sql.query(statement);
      const { valid } = await auth.gateway.request(verifyAudit, {}, as);
      if (valid) overlooked.push(`${name}: ${statement}`);
      await sql.query(
        `DELETE FROM auth.audit_records ${mine}; INSERT INTO auth.audit_records SELECT * FROM records_copy;
         DELETE FROM auth.audit_heads ${mine}; INSERT INTO auth.audit_heads SELECT * FROM head_copy`,
      );
    }
    await sql.query('SET session_replication_role = DEFAULT');
    expect(overlooked).toEqual([]);
    expect(await auth.gateway.request(verifyAudit, { anchor }, as)).toMatchObject({ valid: true, total: CHAIN });
  });

  it(`verifies ${MANY} records in one call`, async () => {
    const { id, as } = await newOrganization();
    const appending = auth.app.get(AppendAudit, { strict: false });
    for (let sent = 0; sent < MANY; sent += 5_000)
      await appending.execute(
        Array.from({ length: 5_000 }, () => newEntry(id)),
        'workflows',
      );
    const started = performance.now();
    const verified = await auth.gateway.request(verifyAudit, {}, as);
    const seconds = (performance.now() - started) / 1000;
    expect(verified).toMatchObject({ valid: true, checked: MANY + 1, next: null });
    // Promised are 5 s for four times as many on a quiet machine.
    expect(seconds).toBeLessThan(15);
  }, 120_000);

  it('finds by an anchor that records and head were put back to an earlier state together', async () => {
    const { id, as } = await newOrganization();
    await append([newEntry(id)]);
    const before = await sql.query('SELECT * FROM auth.audit_heads WHERE organization_id = $1', [id]);
    await append([newEntry(id), newEntry(id)]);
    const { anchor } = await auth.gateway.request(verifyAudit, {}, as);
    const [head] = before.rows as { seq: string; hash: Buffer; signature: Buffer }[];
    await sql.query('SET session_replication_role = replica');
    await sql.query('DELETE FROM auth.audit_records WHERE organization_id = $1 AND seq > 2', [id]);
    await sql.query('UPDATE auth.audit_heads SET seq = $2, hash = $3, signature = $4 WHERE organization_id = $1', [
      id,
      head?.seq,
      head?.hash,
      head?.signature,
    ]);
    await sql.query('SET session_replication_role = DEFAULT');
    expect(await auth.gateway.request(verifyAudit, {}, as)).toMatchObject({ valid: true, total: 2 });
    await append([newEntry(id), newEntry(id)]);
    expect(await auth.gateway.request(verifyAudit, { anchor }, as)).toMatchObject({
      valid: false,
      faults: [{ seq: 4, kind: 'anchor' }],
    });
  });

  it('goes on after a gap when the head was removed, and shows it for ever', async () => {
    const { id, as } = await newOrganization();
    await append([newEntry(id)]);
    await sql.query('SET session_replication_role = replica');
    await sql.query('DELETE FROM auth.audit_heads WHERE organization_id = $1', [id]);
    await sql.query('DELETE FROM auth.audit_records WHERE organization_id = $1', [id]);
    await sql.query('SET session_replication_role = DEFAULT');
    expect((await auth.gateway.request(verifyAudit, {}, as)).faults).toMatchObject([{ kind: 'head' }]);
    await append([newEntry(id)]);
    await auth.restart();
    expect((await auth.gateway.request(verifyAudit, {}, as)).faults).toMatchObject([{ seq: 1, kind: 'missing' }]);
  });
});

/** One of the ways to change the past, at a random place. */
function randomTampering(organizationId: string): [name: string, statement: string] {
  const pick = (limit: number): number => 1 + Math.floor(Math.random() * limit);
  const seq = pick(CHAIN);
  const other = (seq % CHAIN) + 1;
  const mine = `organization_id = '${organizationId}'`;
  const row = `${mine} AND seq = ${seq}`;
  const set = (change: string): string => `UPDATE auth.audit_records SET ${change} WHERE ${row}`;
  const ways: [string, string][] = [
    ['text', set(`body = overlay(body placing chr(33 + ${pick(50)}) || '!' from ${pick(80)} for 1)`)],
    ['actor', set(`body = replace(body, '"kind"', '"kinD"')`)],
    ['column action', set(`action = action || 'x'`)],
    ['column actor', set(`actor_id = 'somebody'`)],
    ['column time', set(`at = at + interval '1 ms'`)],
    ['column resource', set(`resource_id = 'other'`)],
    ['column service', set(`service = 'triggers'`)],
    ['id', set(`id = gen_random_uuid()`)],
    ['hash', set(`hash = set_byte(hash, ${seq % 32}, (get_byte(hash, ${seq % 32}) + 1) % 256)`)],
    ['deletion', `DELETE FROM auth.audit_records WHERE ${row}`],
    ['truncation', `DELETE FROM auth.audit_records WHERE ${mine} AND seq >= ${seq}`],
    ['beginning', `DELETE FROM auth.audit_records WHERE ${mine} AND seq <= ${seq}`],
    [
      'closed gap',
      `DELETE FROM auth.audit_records WHERE ${row}; UPDATE auth.audit_records SET seq = seq + 1000000 WHERE ${mine} AND seq > ${seq}; UPDATE auth.audit_records SET seq = seq - 1000001 WHERE ${mine} AND seq > 1000000; UPDATE auth.audit_heads SET seq = seq - 1 WHERE ${mine}`,
    ],
    [
      'swap',
      `UPDATE auth.audit_records SET seq = CASE seq WHEN ${seq} THEN ${other + 1_000_000} ELSE ${seq + 1_000_000} END WHERE ${mine} AND seq IN (${seq}, ${other}); UPDATE auth.audit_records SET seq = seq - 1000000 WHERE ${mine} AND seq > 1000000`,
    ],
    [
      'copy',
      `INSERT INTO auth.audit_records SELECT organization_id, ${CHAIN + 1}, gen_random_uuid(), at, service, action, actor_id, resource_type, resource_id, body, hash FROM auth.audit_records WHERE ${row}`,
    ],
    [
      'head moved back',
      `UPDATE auth.audit_heads h SET seq = r.seq, hash = r.hash FROM auth.audit_records r WHERE h.${mine} AND r.${mine} AND r.seq = ${Math.min(seq, CHAIN - 1)}`,
    ],
    ['head removed', `DELETE FROM auth.audit_heads WHERE ${mine}`],
    [
      'signature',
      `UPDATE auth.audit_heads SET signature = set_byte(signature, 3, (get_byte(signature, 3) + 1) % 256) WHERE ${mine}`,
    ],
  ];
  return ways[Math.floor(Math.random() * ways.length)] as [string, string];
}
