import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getStepType, listStepTypes } from '@rpa/contracts';
import { BUILT_IN_STEP_TYPES } from '@rpa/engine';
import { Database } from '@rpa/platform';
import { eventually } from '@rpa/testing';
import { HTTP_REQUEST, WorkflowsService, type Person } from './workflows-service.js';

let workflows: WorkflowsService;
let ada: Person;
beforeAll(async () => {
  workflows = await WorkflowsService.start();
  ada = await workflows.person();
});
afterAll(() => workflows.stop());

const list = async () => (await workflows.bus('gateway')).request(listStepTypes, {}, { principal: ada.token });
const get = async (type: string) =>
  (await workflows.bus('gateway')).request(getStepType, { type }, { principal: ada.token });

describe('the step catalog', () => {
  it('is ready when every expected source has announced, and stays so after a restart', async () => {
    expect((await workflows.service.readiness()).checks['step types']).toEqual({
      ok: false,
      reason: 'No step types announced yet by: worker, ai',
    });
    await workflows.announce('worker', [HTTP_REQUEST]);
    await workflows.announce('ai', [{ ...HTTP_REQUEST, type: 'ai_ask', pool: 'ai' }]);
    await eventually(async () => expect((await workflows.service.readiness()).status).toBe('ready'));
    await workflows.restart();
    expect((await workflows.service.readiness()).status).toBe('ready');
  });

  it('lists the built-in types and those announced, with a revision that changes with them', async () => {
    const before = await list();
    expect(before.data.map((type) => type.type)).toEqual(
      expect.arrayContaining([...BUILT_IN_STEP_TYPES.map((type) => type.type), 'http_request', 'ai_ask']),
    );
    expect((await list()).revision).toBe(before.revision);
    await workflows.announce('worker', [{ ...HTTP_REQUEST, version: 4, title: 'HTTP' }]);
    const after = await list();
    expect(after.revision).not.toBe(before.revision);
    expect((await get('http_request')).stepType).toMatchObject({ version: 4, title: 'HTTP', source: 'worker' });
    await expect(get('no_such')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('does not let an older release of a worker take a newer version back', async () => {
    await workflows.announce('worker', [HTTP_REQUEST]);
    expect((await get('http_request')).stepType).toMatchObject({ version: 4, title: 'HTTP' });
  });

  it('keeps a type whose worker is away, marked unavailable', async () => {
    const { pool } = workflows.service.app.get(Database, { strict: false });
    await pool.query(`UPDATE workflows.step_types SET last_seen = now() - interval '91 seconds' WHERE type = 'ai_ask'`);
    expect((await get('ai_ask')).stepType).toMatchObject({ available: false });
    await workflows.announce('ai', [{ ...HTTP_REQUEST, type: 'ai_ask', pool: 'ai' }]);
    expect((await get('ai_ask')).stepType).toMatchObject({ available: true });
  });

  it('gives an id to the first source that announces it, and takes the others of the message', async () => {
    const fresh = { ...HTTP_REQUEST, type: 'acme__fresh' };
    await expect(workflows.announce('ai', [HTTP_REQUEST, fresh])).rejects.toMatchObject({
      code: 'conflict',
      errors: [{ path: 'types[0].type', code: 'taken' }],
    });
    expect((await get('http_request')).stepType.source).toBe('worker');
    expect((await get('acme__fresh')).stepType.source).toBe('ai');
  });

  it.each([
    ['a built-in id', { type: 'log' }, 'types[0].type'],
    ['an id in capitals', { type: 'Bad Type' }, 'types[0].type'],
    ['a schema that is none', { configSchema: [] as never }, 'types[0].configSchema'],
    ['a side effect that is none', { sideEffect: { default: 'maybe' as never } }, 'types[0].sideEffect'],
    ['version 0', { version: 0 }, 'types[0].version'],
  ])('refuses %s', async (_what, more, path) => {
    await expect(workflows.announce('worker', [{ ...HTTP_REQUEST, ...more }])).rejects.toMatchObject({
      code: 'validation_failed',
      errors: [expect.objectContaining({ path })],
    });
  });

  it('does not let one service announce in the name of another', async () => {
    await expect(workflows.announce('ai', [], 'worker')).rejects.toMatchObject({ code: 'forbidden' });
  });
});
