import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  cloneWorkflow,
  createWorkflow,
  deleteWorkflow,
  exportWorkflow,
  getWorkflow,
  importWorkflow,
  listWorkflows,
  updateWorkflow,
  type CommandDefinition,
  type JsonObject,
} from '@rpa/contracts';
import { HTTP_REQUEST, SIMPLE, WorkflowsService, type Person } from './workflows-service.js';

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
  options: { as?: Person; idempotencyKey?: string } = {},
): Promise<Reply> {
  const { as = ada, ...rest } = options;
  return (await workflows.bus('gateway')).request(command, body, { principal: as.token, ...rest });
}
const create = (name: string, more: object = {}) => send(createWorkflow, { name, definition: SIMPLE, ...more });

describe('clone, export, import', () => {
  it('copies the draft into a new workflow', async () => {
    const { id } = await create('Original');
    expect(await send(cloneWorkflow, { id })).toMatchObject({
      name: 'Original (copy)',
      key: 'original-copy',
      definition: SIMPLE,
      status: 'draft',
    });
  });

  it.each(['yaml', 'json'] as const)('round-trips through %s', async (format) => {
    const { id } = await create(`Travels as ${format}`);
    const { content, fileName } = await send(exportWorkflow, { id, format });
    expect(fileName).toBe(`travels-as-${format}.${format}`);
    const stranger = await workflows.person();
    const { workflow } = await send(importWorkflow, { definition: content }, { as: stranger });
    expect(workflow).toMatchObject({
      name: `Travels as ${format}`,
      key: `travels-as-${format}`,
      definition: SIMPLE,
      status: 'draft',
    });
  });

  it('imports a definition of the Python original, and reports what it changed or lost', async () => {
    const definition: JsonObject = {
      name: 'From Python',
      version: '1.0',
      colour: 'red',
      steps: [
        { id: 'step-1', type: 'log', config: { message: 'hello' }, next: ['step-2'] },
        { id: 'step-2', type: 'log', config: { message: 'bye' } },
      ],
    };
    const { workflow, report } = await send(importWorkflow, { definition });
    expect(workflow).toMatchObject({
      name: 'From Python',
      key: 'from-python',
      issues: [],
      definition: { format: 1, steps: [{ id: 'step_1', next: ['step_2'] }, { id: 'step_2' }] },
    });
    expect(report).toContainEqual(expect.objectContaining({ path: 'colour', code: 'lost', severity: 'error' }));
  });

  it('imports what is not fit to run yet as a draft with issues', async () => {
    const definition = { steps: [{ id: 'x', type: 'nope' }] };
    const { workflow } = await send(importWorkflow, { name: 'Imported', definition });
    expect(workflow.issues?.length).toBeGreaterThan(0);
    await expect(send(importWorkflow, { definition })).rejects.toMatchObject({ errors: [{ path: 'name' }] });
  });
});

describe('who may', () => {
  it("does not know another organization's workflow", async () => {
    const { id } = await create('Private');
    const stranger = { as: await workflows.person() };
    await expect(send(getWorkflow, { id }, stranger)).rejects.toMatchObject({ code: 'not_found' });
    await expect(send(deleteWorkflow, { id }, stranger)).rejects.toMatchObject({ code: 'not_found' });
    await expect(send(updateWorkflow, { id, revision: 1, name: 'Mine' }, stranger)).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(send(cloneWorkflow, { id }, stranger)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('answers a malformed id like one that does not exist', async () => {
    await expect(send(getWorkflow, { id: '../1' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('asks for the permission', async () => {
    const viewer = { as: await workflows.person(['workflows:read'], ada.organizationId) };
    await expect(send(createWorkflow, { name: 'No', definition: SIMPLE }, viewer)).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect((await send(listWorkflows, {}, viewer)).data.length).toBeGreaterThan(0);
  });
});
