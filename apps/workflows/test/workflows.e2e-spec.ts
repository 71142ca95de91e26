import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createWorkflow,
  deleteWorkflow,
  getWorkflow,
  listWorkflows,
  restoreWorkflow,
  saveDraft,
  updateWorkflow,
  validateWorkflow,
  type CommandDefinition,
} from '@rpa/contracts';
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
  options: { as?: Person; idempotencyKey?: string } = {},
): Promise<Reply> {
  const { as = ada, ...rest } = options;
  return (await workflows.bus('gateway')).request(command, body, { principal: as.token, ...rest });
}
const create = (name: string, more: object = {}) => send(createWorkflow, { name, definition: SIMPLE, ...more });

describe('create', () => {
  it('stores a draft under a key made from the name', async () => {
    const workflow = await create('Crème Orders (EU)');
    expect(workflow).toMatchObject({
      key: 'creme-orders-eu',
      status: 'draft',
      revision: 1,
      publishedVersion: null,
      definition: SIMPLE,
      issues: [],
    });
    expect(await send(getWorkflow, { id: workflow.id })).toMatchObject({ id: workflow.id, definition: SIMPLE });
  });

  it('makes way for a key that exists, but refuses one that was asked for', async () => {
    await create('Twice');
    expect(await create('Twice')).toMatchObject({ key: 'twice-2' });
    expect(await create('Twice')).toMatchObject({ key: 'twice-3' });
    await expect(create('Other', { key: 'twice' })).rejects.toMatchObject({
      code: 'already_exists',
      errors: [{ path: 'key' }],
    });
    expect(await create('Поръчки')).toMatchObject({ key: 'workflow' });
  });

  it('reads YAML and JSON text alike', async () => {
    const yaml = 'format: 1\nsteps:\n  - id: hello\n    type: log\n    config: { message: Hello }\n';
    expect(await create('Yaml', { definition: yaml })).toMatchObject({ definition: SIMPLE });
    expect(await create('Json', { definition: JSON.stringify(SIMPLE) })).toMatchObject({ definition: SIMPLE });
  });

  it('names every fault of the definition at once, with its path', async () => {
    const definition = {
      format: 1,
      steps: [
        { ...LOG_STEP, next: ['nowhere'] },
        { id: 'hello', type: 'log', config: { message: '{{ 1 + }}' } },
        { id: 'odd', type: 'no_such_type' },
      ],
    };
    const error = await create('Faulty', { definition }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'definition_invalid' });
    const paths = (error as { errors: { path: string }[] }).errors.map((fault) => fault.path);
    expect(paths).toEqual(expect.arrayContaining(['steps[0].next[0]', 'steps[1].id', 'steps[2].type']));
    expect(paths.some((path) => path.startsWith('steps[1].config'))).toBe(true);
  });

  it('stores a faulty definition as a draft when asked to, with its issues', async () => {
    const definition = { steps: [{ id: 'odd', type: 'no_such_type' }] };
    const workflow = await create('Unfinished', { definition, draft: true });
    expect(workflow.issues).toContainEqual(expect.objectContaining({ severity: 'error', path: 'steps[0].type' }));
  });

  it.each([
    ['no name', { name: '' }, 'name'],
    ['a key with spaces', { key: 'a b' }, 'key'],
    ['NUL in the name', { name: 'a\u0000' }, 'name'],
    ['an unknown field', { status: 'published' }, 'status'],
  ])('refuses %s and names the field', async (_what, more, path) => {
    await expect(create('Fine', more)).rejects.toMatchObject({ code: 'validation_failed', errors: [{ path }] });
  });

  it.each([
    ['a list', '[1, 2]', 'invalid_type'],
    ['broken YAML', 'steps: [', 'invalid_yaml'],
    ['a key twice', 'steps: []\nsteps: []', 'duplicate_key'],
    ['a prototype', '{"__proto__": {"a": 1}}', 'invalid_key'],
    ['a bomb of aliases', `a: &a [x, x, x, x, x, x, x, x, x, x]\n${bomb()}`, 'invalid_yaml'],
    ['what is too deep', `steps: ${'['.repeat(2_000)}${']'.repeat(2_000)}`, 'too_deep'],
    ['what is too large', `steps: "${'x'.repeat(5 * 1024 * 1024)}"`, 'too_large'],
  ])('refuses %s even as a draft', async (_what, definition, code) => {
    await expect(create('Refused', { definition, draft: true })).rejects.toMatchObject({
      code: 'definition_invalid',
      errors: [{ code }],
    });
  });

  it('takes a definition near the limit, in parts over NATS', async () => {
    const steps = Array.from({ length: 5_000 }, (_, index) => ({
      id: `s${index}`,
      type: 'log',
      config: { message: 'm'.repeat(400) },
    }));
    const workflow = await create('Large', { definition: { format: 1, steps } });
    const read = await send(getWorkflow, { id: workflow.id });
    expect((read.definition['steps'] as unknown[]).length).toBe(5_000);
  });

  it('answers a repeat with the same Idempotency-Key with the first answer', async () => {
    const body = { name: 'Once', definition: SIMPLE };
    const first = await send(createWorkflow, body, { idempotencyKey: 'create-once' });
    expect(await send(createWorkflow, body, { idempotencyKey: 'create-once' })).toEqual(first);
    await expect(
      send(createWorkflow, { ...body, name: 'Twice over' }, { idempotencyKey: 'create-once' }),
    ).rejects.toMatchObject({ code: 'idempotency_mismatch' });
  });
});

function bomb(): string {
  const names = 'abcdefghi';
  return [...names.slice(1)]
    .map((name, index) => `${name}: &${name} [${Array(10).fill(`*${names[index]}`).join(', ')}]`)
    .join('\n');
}

describe('validate', () => {
  it('answers what a publish would say, also about what cannot be read', async () => {
    expect(await send(validateWorkflow, { definition: SIMPLE })).toEqual({ valid: true, errors: [], warnings: [] });
    expect(await send(validateWorkflow, { definition: 'steps: [' })).toMatchObject({
      valid: false,
      errors: [{ code: 'invalid_yaml', line: 1 }],
    });
  });
});

describe('change', () => {
  it('builds on the revision that was read, and refuses another one', async () => {
    const { id } = await create('Changing');
    const changed = await send(updateWorkflow, { id, revision: 1, name: 'Changed' });
    expect(changed).toMatchObject({ name: 'Changed', revision: 2, key: 'changing' });
    await expect(send(updateWorkflow, { id, revision: 1, name: 'Late' })).rejects.toMatchObject({ code: 'stale' });
    await expect(
      send(updateWorkflow, { id, revision: 2, definition: { steps: [{ id: 'x', type: 'nope' }] } }),
    ).rejects.toMatchObject({ code: 'definition_invalid' });
  });

  it('lets one of two changes at the same moment win', async () => {
    const { id } = await create('Raced');
    const both = ['One', 'Two'].map((name) => send(updateWorkflow, { id, revision: 1, name }));
    const results = await Promise.allSettled(both);
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('saves half a step in a draft and says what is missing', async () => {
    const { id } = await create('Half');
    const saved = await send(saveDraft, { id, revision: 1, definition: { steps: [{ id: 'half' }] } });
    expect(saved.revision).toBe(2);
    expect(saved.issues?.length).toBeGreaterThan(0);
  });
});

describe('delete and restore', () => {
  it('hides a workflow, frees its key, and brings it back', async () => {
    const { id } = await create('Gone', { key: 'gone' });
    await send(deleteWorkflow, { id });
    await expect(send(getWorkflow, { id })).rejects.toMatchObject({ code: 'not_found' });
    await expect(send(deleteWorkflow, { id })).rejects.toMatchObject({ code: 'not_found' });
    expect(await send(restoreWorkflow, { id })).toMatchObject({ id, definition: SIMPLE });
    await send(deleteWorkflow, { id });
    await create('Successor', { key: 'gone' });
    await expect(send(restoreWorkflow, { id })).rejects.toMatchObject({ code: 'already_exists' });
  });
});

describe('list', () => {
  it('pages newest first, filters by name, and leaves the drafts out', async () => {
    const bob = await workflows.person();
    for (const name of ['Alpha', 'Beta 100%', 'Gamma'])
      await send(createWorkflow, { name, definition: SIMPLE }, { as: bob });
    const first = await send(listWorkflows, { limit: 2 }, { as: bob });
    expect(first.data.map((row) => row.name)).toEqual(['Gamma', 'Beta 100%']);
    expect(first.data[0]).not.toHaveProperty('definition');
    const second = await send(listWorkflows, { limit: 2, cursor: first.nextCursor ?? '' }, { as: bob });
    expect(second).toMatchObject({ data: [{ name: 'Alpha' }], nextCursor: null });
    expect((await send(listWorkflows, { name: 'bETA' }, { as: bob })).data).toHaveLength(1);
    expect((await send(listWorkflows, { name: '%' }, { as: bob })).data).toHaveLength(1);
    expect((await send(listWorkflows, { status: 'published' }, { as: bob })).data).toEqual([]);
  });
});
