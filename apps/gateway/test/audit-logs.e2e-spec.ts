import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appendAudit, type AuditEntry, type AuditRecordView } from '@rpa/contracts';
import { parse } from 'csv-parse/sync';
import { Platform } from './platform.js';

const ENTRIES = 2_400;
const BATCH = 200;

describe('the audit log over HTTP', () => {
  let platform: Platform;
  let headers: Record<string, string>;
  let organizationId: string;

  beforeAll(async () => {
    platform = await Platform.start();
    await platform.startAuth();
    const registration = {
      email: 'auditor@example.com',
      password: 'a long enough pass phrase',
      firstName: 'Ada',
      lastName: 'Lovelace',
      organizationName: 'Audited',
    };
    const { body } = await platform.post('/api/v1/auth/register', registration);
    organizationId = (body['organization'] as { id: string }).id;
    headers = { authorization: `Bearer ${await platform.tokenOf('owner', { id: organizationId, slug: 'audited' })}` };
    const [bus, identity] = await Promise.all([platform.connectAs('workflows'), platform.identity('workflows')]);
    const principal = await identity.serviceToken();
    for (let sent = 0; sent < ENTRIES; sent += BATCH) {
      const entries = Array.from({ length: BATCH }, (_, index) => newEntry(organizationId, sent + index));
      await bus.request(appendAudit, { entries }, { principal });
    }
  }, 60_000);
  afterAll(() => platform.stop());

  it('lists, filters and verifies', async () => {
    const page = await platform.get('/api/v1/audit-logs?action=workflow.published&limit=2', headers);
    expect(page.body['data']).toMatchObject([{ resource: { id: `row-${ENTRIES - 1}` } }, { resource: {} }]);
    expect(page.body['nextCursor']).toEqual(expect.any(String));
    const verified = await platform.get('/api/v1/audit-logs/verify', headers);
    expect(verified.body).toMatchObject({ valid: true, faults: [], next: null });
    expect(await platform.get('/api/v1/audit-logs?color=red', headers)).toMatchObject({ status: 422 });
    expect(await platform.get('/api/v1/audit-logs')).toMatchObject({ status: 401 });
    const viewer = { authorization: `Bearer ${await platform.tokenOf('viewer')}` };
    for (const path of ['', '/verify', '/export.csv', '/export.json'])
      expect(await platform.get(`/api/v1/audit-logs${path}`, viewer)).toMatchObject({ status: 403 });
  });

  it('exports the whole of it as JSON and as CSV, without a formula that a spreadsheet would run', async () => {
    const json = await platform.get('/api/v1/audit-logs/export.json?action=workflow.published&sort=asc', headers);
    const records = json.body as unknown as AuditRecordView[];
    expect(records.map((record) => record.resource.id)).toEqual(
      Array.from({ length: ENTRIES }, (_, index) => `row-${index}`),
    );
    const csv = await platform.get('/api/v1/audit-logs/export.csv?action=workflow.published&sort=asc', headers);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="audit-log.csv"');
    const rows = parse(csv.text, { columns: true }) as Record<string, string>[];
    expect(rows.map((row) => row['resource_id'])).toEqual(records.map((record) => record.resource.id));
    expect(rows[0]).toMatchObject({
      resource_name: `'=HYPERLINK("http://evil")`,
      actor_kind: 'user',
      after: '{"number":0}',
    });
    expect(await platform.get('/api/v1/audit-logs/export.csv?action=none.such', headers)).toMatchObject({
      status: 200,
    });
    expect((await platform.get('/api/v1/audit-logs/export.json?action=none.such', headers)).body).toEqual([]);
  });

  it('refuses an export that the filters do not allow', async () => {
    expect(await platform.get('/api/v1/audit-logs/export.csv?limit=5', headers)).toMatchObject({ status: 422 });
    expect(await platform.get('/api/v1/audit-logs/export.csv?from=yesterday', headers)).toMatchObject({ status: 422 });
  });
});

function newEntry(organizationId: string, number: number): AuditEntry {
  return {
    id: randomUUID(),
    organizationId,
    at: new Date(1_700_000_000_000 + number).toISOString(),
    action: 'workflow.published',
    actor: { kind: 'user', id: 'ada' },
    resource: { type: 'workflow', id: `row-${number}`, name: '=HYPERLINK("http://evil")' },
    after: { number },
  };
}
