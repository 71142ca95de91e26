import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createWorkflow,
  getWorkflow,
  listVersions,
  loadVersion,
  publishWorkflow,
  resolveVersion,
  saveDraft,
  type CommandDefinition,
  type JsonObject,
  type ResolveVersionRequest,
} from '@rpa/contracts';
import { Database } from '@rpa/platform';

import { BY_ID, BY_KEY } from '../src/versions/resolve-version.js';
import { HTTP_REQUEST, LOG_STEP, SIMPLE, WorkflowsService, type Person } from './workflows-service.js';

let workflows: WorkflowsService;
let ada: Person;
beforeAll(async () => {
  workflows = await WorkflowsService.start();
  await workflows.announce('worker', [HTTP_REQUEST]);
  ada = await workflows.person();
});
afterAll(() => workflows.stop());

async function send<Request extends object, Reply extends object>(
  command: CommandDefinition<Request, Reply>,
  body: NoInfer<Request>,
  as: Person = ada,
): Promise<Reply> {
  return (await workflows.bus('gateway')).request(command, body, { principal: as.token });
}

/** Speaks as executions, on behalf of an organization. */
async function asExecutions<Request extends object, Reply extends object>(
  command: CommandDefinition<Request, Reply>,
  body: NoInfer<Request>,
  organizationId = ada.organizationId,
): Promise<Reply> {
  const principal = await (await workflows.identity('executions')).serviceToken({ id: organizationId });
  return (await workflows.bus('executions')).request(command, body, { principal });
}
const resolve = (request: ResolveVersionRequest) => asExecutions(resolveVersion, request);

async function create(name: string, definition: JsonObject = SIMPLE) {
  return send(createWorkflow, { name, definition, draft: true });
}
async function edit(id: string, message: string): Promise<void> {
  const { revision } = await send(getWorkflow, { id });
  await send(saveDraft, { id, revision, definition: { format: 1, steps: [{ ...LOG_STEP, config: { message } }] } });
}

describe('resolve and load', () => {
  it('finds the published version by id and key, and loads its content with its step types', async () => {
    const definition = {
      format: 1,
      steps: [{ id: 'call', type: 'http_request', config: { url: 'https://example.com' } }],
    };
    const { id, key } = await create('Resolved', definition);
    await expect(resolve({ workflowId: id })).rejects.toMatchObject({ code: 'workflow_not_published' });
    const version = await send(publishWorkflow, { id });
    const found = await resolve({ workflowId: id });
    expect(found).toEqual({
      workflowId: id,
      workflowKey: key,
      workflowName: 'Resolved',
      versionId: version.id,
      version: 1,
      draft: false,
    });
    expect(await resolve({ workflowKey: key })).toEqual(found);
    const loaded = await asExecutions(loadVersion, { versionId: version.id });
    expect(loaded).toEqual({
      versionId: version.id,
      workflowId: id,
      definition: version.definition,
      stepTypes: [HTTP_REQUEST],
    });
    await expect(asExecutions(loadVersion, { versionId: version.id }, id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('keeps to an old version by its number while a newer one is published', async () => {
    const { id } = await create('Pinned');
    const first = await send(publishWorkflow, { id });
    await edit(id, 'New');
    const second = await send(publishWorkflow, { id });
    expect(await resolve({ workflowId: id, version: 1 })).toMatchObject({ versionId: first.id, version: 1 });
    expect(await resolve({ workflowId: id })).toMatchObject({ versionId: second.id });
    await expect(resolve({ workflowId: id, version: 9 })).rejects.toMatchObject({ code: 'not_found' });
    await expect(resolve({ workflowId: id, version: 0 })).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('pins a test run to a copy of the draft: the same content has the same id, an edit another', async () => {
    const { id } = await create('Tested');
    const first = await resolve({ workflowId: id, version: 'draft' });
    expect(first).toMatchObject({ version: 0, draft: true });
    expect((await resolve({ workflowId: id, version: 'draft' })).versionId).toBe(first.versionId);
    await edit(id, 'Edited');
    const second = await resolve({ workflowId: id, version: 'draft' });
    expect(second.versionId).not.toBe(first.versionId);
    const loaded = await asExecutions(loadVersion, { versionId: first.versionId });
    expect(loaded.definition).toMatchObject({ steps: [{ config: { message: 'Hello' } }] });
    expect((await send(listVersions, { id })).data).toEqual([]);
    const faulty = await create('Untestable', { steps: [{ id: 'x', type: 'nope' }] });
    await expect(resolve({ workflowId: faulty.id, version: 'draft' })).rejects.toMatchObject({
      code: 'definition_invalid',
    });
  });

  it('takes one index for each table, also with many workflows', async () => {
    const { pool } = workflows.service.app.get(Database, { strict: false });
    await pool.query(
      `INSERT INTO workflows.workflows (id, organization_id, name, key, draft)
       SELECT gen_random_uuid(), CASE WHEN n % 2 = 0 THEN $1::uuid ELSE gen_random_uuid() END, 'Many', 'many-' || n, '{}'
         FROM generate_series(1, 5000) AS n`,
      [ada.organizationId],
    );
    await pool.query('ANALYZE workflows.workflows');
    const key = await pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${BY_KEY.text}`, [
      ada.organizationId,
      'child',
      null,
    ]);
    const id = await pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${BY_ID.text}`, [
      ada.organizationId,
      ada.userId,
      null,
    ]);
    const plan = (rows: { 'QUERY PLAN': string }[]) => rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan(key.rows)).toMatch(
      /Index Scan using workflows_key on workflows w[\s\S]*using workflow_versions_number/,
    );
    expect(plan(id.rows)).toMatch(
      /Index Scan using workflows_(pkey|list) on workflows w[\s\S]*using workflow_versions_number/,
    );
  });

  it('is for services only', async () => {
    const { id } = await create('Closed');
    const gateway = await workflows.bus('gateway');
    await expect(
      gateway.request(resolveVersion, { workflowId: id }, { principal: ada.token, timeoutMs: 300 }),
    ).rejects.toMatchObject({ code: expect.stringMatching(/timeout|unavailable|forbidden/) });
  });
});
