import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  archiveWorkflow,
  createWorkflow,
  deleteWorkflow,
  diffVersions,
  getVersion,
  getWorkflow,
  listVersions,
  loadVersion,
  publishWorkflow,
  resolveVersion,
  rollbackWorkflow,
  saveDraft,
  unpublishWorkflow,
  workflowPublished,
  eventSubject,
  type CommandDefinition,
  type JsonObject,
  type ResolveVersionRequest,
} from '@rpa/contracts';
import { Database } from '@rpa/platform';
import { eventually } from '@rpa/testing';

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

describe('publish', () => {
  it('freezes the draft as version 1, 2, 3, normalised and hashed', async () => {
    const { id } = await create('Counting');
    const first = await send(publishWorkflow, { id });
    expect(first).toMatchObject({ workflowId: id, version: 1, createdBy: ada.userId });
    expect(first.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(first.definition).toMatchObject({ format: 1, steps: [{ id: 'hello', typeVersion: 1 }] });
    await edit(id, 'Second');
    expect(await send(publishWorkflow, { id })).toMatchObject({ version: 2 });
    expect(await send(getWorkflow, { id })).toMatchObject({ status: 'published', publishedVersion: 2 });
    const { data } = await send(listVersions, { id });
    expect(data.map((version) => version.version)).toEqual([2, 1]);
    expect((await send(getVersion, { id, version: 1 })).definition).toEqual(first.definition);
  });

  it('publishes what has not changed as the version that it is, layout apart', async () => {
    const { id } = await create('Same');
    const first = await send(publishWorkflow, { id });
    const { revision } = await send(getWorkflow, { id });
    await send(saveDraft, { id, revision, definition: { ...SIMPLE, ui: { hello: { x: 1 } } } });
    expect(await send(publishWorkflow, { id })).toMatchObject({ id: first.id, version: 1 });
  });

  it('gives each of many publishes at the same moment a version of its own or the same one', async () => {
    const { id } = await create('Busy');
    const versions = await Promise.all(
      Array.from({ length: 5 }, () => send(publishWorkflow, { id }).catch(() => null)),
    );
    expect(new Set(versions.filter((version) => version !== null).map((version) => version.version))).toEqual(
      new Set([1]),
    );
    expect((await send(listVersions, { id })).data).toHaveLength(1);
  });

  it('refuses a draft with faults, all of them, and a revision that has moved on', async () => {
    const { id } = await create('Faulty', {
      steps: [
        { id: 'x', type: 'nope' },
        { ...LOG_STEP, next: ['y'] },
      ],
    });
    const error = await send(publishWorkflow, { id }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'definition_invalid' });
    expect((error as { errors: unknown[] }).errors.length).toBeGreaterThanOrEqual(2);
    await expect(send(publishWorkflow, { id, revision: 7 })).rejects.toMatchObject({ code: 'stale' });
  });

  it('says so on the event bus', async () => {
    const { id } = await create('Told');
    const heard: unknown[] = [];
    const bus = await workflows.bus('gateway');
    bus.subscribe(eventSubject(workflowPublished, ada.organizationId), (body) => heard.push(body));
    await bus.connection.flush();
    await send(publishWorkflow, { id });
    await eventually(() => expect(heard).toEqual([expect.objectContaining({ workflowId: id, version: 1 })]));
  });

  it('keeps versions immutable in the database itself', async () => {
    const { id } = await create('Stone');
    const { id: versionId } = await send(publishWorkflow, { id });
    const { pool } = workflows.service.app.get(Database, { strict: false });
    await expect(
      pool.query('UPDATE workflows.workflow_versions SET definition = $2 WHERE id = $1', [versionId, '{}']),
    ).rejects.toMatchObject({ message: 'workflow versions are immutable' });
  });
});

describe('what a definition refers to', () => {
  const withCredential = {
    format: 1,
    steps: [{ id: 'call', type: 'http_request', credential: 'shop_api', config: { url: 'https://example.com' } }],
  };

  it('asks the vault, answers 503 while it is away, and names what is missing', async () => {
    const body = { name: 'Uses a credential', definition: withCredential };
    await expect(send(createWorkflow, body)).rejects.toMatchObject({ code: 'unavailable' });
    await workflows.startVault();
    await expect(send(createWorkflow, body)).rejects.toMatchObject({
      code: 'definition_invalid',
      errors: [expect.objectContaining({ path: 'steps[0].credential' })],
    });
    workflows.credentials.add('shop_api');
    const { id } = await send(createWorkflow, body);
    expect(await send(publishWorkflow, { id })).toMatchObject({ version: 1 });
  });

  it('knows only the workflows of its own organization', async () => {
    await send(createWorkflow, { name: 'Child', key: 'child', definition: SIMPLE });
    const parent = { steps: [{ id: 'sub', type: 'sub_workflow', config: { workflow: 'child', inputs: {} } }] };
    await send(createWorkflow, { name: 'Parent', definition: parent });
    const stranger = await workflows.person();
    await expect(send(createWorkflow, { name: 'Parent', definition: parent }, stranger)).rejects.toMatchObject({
      code: 'definition_invalid',
      errors: [expect.objectContaining({ path: expect.stringContaining('steps[0].config') })],
    });
  });
});

describe('taking out of use', () => {
  it('starts nothing after unpublish, archive and delete, and again after publish', async () => {
    const { id } = await create('Out');
    await send(publishWorkflow, { id });
    expect(await send(unpublishWorkflow, { id })).toMatchObject({ status: 'draft', publishedVersion: null });
    await expect(resolve({ workflowId: id })).rejects.toMatchObject({ code: 'workflow_not_published' });
    expect(await send(publishWorkflow, { id })).toMatchObject({ version: 1 });
    expect(await send(archiveWorkflow, { id })).toMatchObject({ status: 'archived', publishedVersion: null });
    await expect(resolve({ workflowId: id })).rejects.toMatchObject({ code: 'workflow_not_published' });
    expect(await send(unpublishWorkflow, { id })).toMatchObject({ status: 'archived' });
    await send(publishWorkflow, { id });
    expect(await resolve({ workflowId: id })).toMatchObject({ version: 1 });
    const { versionId } = await resolve({ workflowId: id });
    await send(deleteWorkflow, { id });
    await expect(resolve({ workflowId: id })).rejects.toMatchObject({ code: 'not_found' });
    expect(await asExecutions(loadVersion, { versionId })).toMatchObject({ versionId });
  });

  it('rolls back to a version, draft and published', async () => {
    const { id } = await create('Back');
    await send(publishWorkflow, { id });
    await edit(id, 'Worse');
    await send(publishWorkflow, { id });
    const back = await send(rollbackWorkflow, { id, version: 1 });
    expect(back).toMatchObject({ status: 'published', publishedVersion: 1 });
    expect(back.definition).toMatchObject({ steps: [{ config: { message: 'Hello' } }] });
    expect(await resolve({ workflowId: id })).toMatchObject({ version: 1 });
    expect(await send(publishWorkflow, { id })).toMatchObject({ version: 1 });
    await expect(send(rollbackWorkflow, { id, version: 5 })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('compares versions by step', async () => {
    const { id } = await create('Compared');
    await send(publishWorkflow, { id });
    await edit(id, 'Hi');
    const diff = await send(diffVersions, { id, from: '1' });
    expect(diff).toEqual({
      added: [],
      removed: [],
      changed: [{ path: 'hello', type: 'log', changes: [{ field: 'config.message', before: 'Hello', after: 'Hi' }] }],
      other: [],
    });
    await expect(send(diffVersions, { id, from: 'x' })).rejects.toMatchObject({ errors: [{ path: 'from' }] });
  });
});
