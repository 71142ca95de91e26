import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cancelExecution, decideStep, pauseExecution, resumeExecution, type ExecutionStatus } from '@rpa/contracts';
import { eventually } from '@rpa/testing';
import { startReplica } from './support/replica.js';
import { Stage, work } from './support/stage.js';

let stage: Stage;
let alarm: string;
beforeAll(async () => {
  stage = await Stage.open('executions bad ends');
  alarm = `alarm_${Date.now()}`;
  stage.publish([{ id: 'told', type: 'transform', config: { value: '{{ inputs }}' } }], {}, alarm);
}, 60_000);
afterAll(() => stage.close());
beforeEach(() => stage.broken.clear());

const cancel = (id: string) => stage.client.send(cancelExecution, { id, reason: 'enough' });
const alarmed = (timeout?: string) => ({ settings: { onFailure: { workflow: alarm }, ...(timeout && { timeout }) } });

/** Inputs of the runs that were started because of this one. */
const alarmsOf = async (id: string): Promise<{ status: string; error: { stepPath?: string } | null }[]> =>
  (
    await stage.rows<{ inputs: never }>(
      `SELECT inputs FROM executions.executions WHERE trigger_type = 'on_failure' AND trigger_id = $1 ORDER BY id`,
      [id],
    )
  ).map((row) => row.inputs);

describe('A cancelled run', () => {
  it('ends within five seconds whatever its steps do, and a late result changes nothing', async () => {
    const id = await stage.begin([
      work('deaf', ['after'], { config: { hang: true } }),
      work('after'),
      { id: 'nap', type: 'delay', config: { duration: '1h' } },
      { id: 'ask', type: 'wait_for_signal', config: { name: 'never' } },
    ]);
    await eventually(() => expect(stage.taken(id)).toEqual(['deaf']));
    const asked = Date.now();
    await cancel(id);
    const view = await stage.becomes(id, 'cancelled');
    expect(Date.parse(view.completedAt ?? '') - asked).toBeLessThan(5_000);
    expect(view.steps.map((step) => step.status)).toEqual(['cancelled', 'skipped', 'cancelled', 'cancelled']);
    expect(stage.worker.aborted).toContainEqual(expect.objectContaining({ executionId: id, path: 'deaf' }));
    const before = await stage.recordsOf(id);
    const ref = { executionId: id, path: 'deaf', attempt: 1, delivery: 1 };
    const { organizationId } = stage.client;
    const outcome = { status: 'completed' as const, output: 'too late' };
    await stage.worker.reportNow({ ...ref, organizationId, worker: 'w1', outcome, tookMs: 1 });
    expect(await stage.recordsOf(id)).toEqual(before);
    expect((await stage.view(id)).status).toBe('cancelled');
  });

  it('marks a step of class once as of unknown outcome', async () => {
    const id = await stage.begin([{ id: 'pay', type: 'test__pay', config: { hang: true } }]);
    await eventually(async () => expect(await stage.recordsOf(id)).toContain('step_starting'));
    await cancel(id);
    await stage.becomes(id, 'cancelled');
    const [row] = await stage.rows<{ found: boolean }>(
      `SELECT body::text LIKE '%"outcome":"unknown"%' AS found FROM executions.journal
        WHERE execution_id = $1 ORDER BY seq DESC LIMIT 1`,
      [id],
    );
    expect(row?.found).toBe(true);
  });

  it('takes its sub-workflows with it, three deep, also when nobody could be told', async () => {
    const keys = ['inner', 'middle'].map((name) => `${name}_${Date.now()}`);
    stage.publish([{ id: 'nap', type: 'delay', config: { duration: '1h' } }], {}, keys[0]);
    stage.publish([{ id: 'sub', type: 'sub_workflow', config: { workflow: keys[0] } }], {}, keys[1]);
    const id = await stage.begin([{ id: 'sub', type: 'sub_workflow', config: { workflow: keys[1] } }]);
    const family = () =>
      stage.rows<{ status: ExecutionStatus }>(
        `WITH RECURSIVE f AS (SELECT id, status FROM executions.executions WHERE id = $1 UNION ALL
           SELECT e.id, e.status FROM executions.executions e JOIN f ON e.parent_id = f.id) SELECT status FROM f`,
        [id],
      );
    await eventually(async () => expect(await family()).toEqual(Array(3).fill({ status: 'waiting' })), 15_000);
    await cancel(id);
    await eventually(async () => expect(await family()).toEqual(Array(3).fill({ status: 'cancelled' })), 5_000);
  });
});

it('A child whose parent had ended when it began, and whose replica died then, is cancelled by the next owner', async () => {
  const child = `orphan_${Date.now()}`;
  stage.publish([work('deaf', undefined, { config: { hang: true } })], {}, child);
  const id = await stage.begin([{ id: 'sub', type: 'sub_workflow', config: { workflow: child } }]);
  const find = () =>
    stage.rows<{ id: string; status: string }>('SELECT id, status FROM executions.executions WHERE parent_id = $1', [
      id,
    ]);
  await eventually(async () => expect(stage.taken((await find())[0]?.id ?? '')).toEqual(['deaf']), 10_000);
  // As the rows are then: the parent has ended, and nobody has told the child.
  await stage.replaceReplicas(() =>
    stage.rows(`UPDATE executions.executions SET status = 'cancelled', owner = NULL WHERE id = $1`, [id]),
  );
  await eventually(async () => expect((await find())[0]?.status).toBe('cancelled'), 15_000);
});

describe('The workflow of settings.onFailure is started once', () => {
  it('for a run that failed, with what is known about it', async () => {
    stage.broken.add('bad');
    const id = await stage.begin([work('bad')], alarmed());
    await stage.becomes(id, 'failed');
    await eventually(async () => expect(await alarmsOf(id)).toHaveLength(1));
    expect(await alarmsOf(id)).toMatchObject([
      {
        executionId: id,
        status: 'failed',
        error: { code: 'broken', message: 'bad is broken', stepPath: 'bad' },
        workflow: { version: 1 },
      },
    ]);
  });

  it('for a run that was cancelled, and for one that took too long', async () => {
    const nap = { id: 'nap', type: 'delay', config: { duration: '1h' } };
    const cancelled = await stage.begin([nap], alarmed());
    await cancel(cancelled);
    const late = await stage.begin([nap], alarmed('300ms'));
    await stage.becomes(late, 'timed_out');
    for (const id of [cancelled, late])
      await eventually(async () => expect(await alarmsOf(id)).toHaveLength(1), 10_000);
    expect((await alarmsOf(cancelled))[0]?.status).toBe('cancelled');
    expect((await alarmsOf(late))[0]?.status).toBe('timed_out');
  });

  it('for a run that needs a decision, and again for the bad end after it', async () => {
    const pay = { id: 'pay', type: 'test__pay', config: { hang: true }, timeout: '200ms', next: ['bad'] };
    const id = await stage.begin([pay, { id: 'bad', type: 'fail', config: { message: 'no' } }], alarmed());
    await stage.becomes(id, 'needs_decision');
    await eventually(async () => expect(await alarmsOf(id)).toHaveLength(1));
    await stage.client.send(decideStep, { id, path: 'pay', decision: 'complete' });
    await stage.becomes(id, 'failed');
    await eventually(async () => expect(await alarmsOf(id)).toHaveLength(2));
    expect((await alarmsOf(id)).map((told) => [told.status, told.error?.stepPath])).toEqual([
      ['needs_decision', 'pay'],
      ['failed', 'bad'],
    ]);
  });

  it('not for a good end, a test run, or the end of such a workflow itself', async () => {
    const self = `self_${Date.now()}`;
    const workflowId = stage.publish(
      [{ id: 'bad', type: 'fail', config: { message: 'no' } }],
      { settings: { onFailure: { workflow: self } } },
      self,
    );
    const good = await stage.begin([work('fine')], alarmed());
    const test = await stage.start(workflowId, { until: 'bad' });
    const bad = await stage.start(workflowId);
    for (const [id, status] of [
      [good, 'completed'],
      [test, 'failed'],
      [bad, 'failed'],
    ] as const)
      await stage.becomes(id, status);
    await eventually(async () => expect(await alarmsOf(bad)).toHaveLength(1));
    const [started] = await stage.rows<{ id: string }>('SELECT id FROM executions.executions WHERE trigger_id = $1', [
      bad,
    ]);
    await stage.becomes(started?.id ?? '', 'failed');
    for (const id of [good, test, started?.id ?? '']) expect(await alarmsOf(id)).toEqual([]);
    expect(await stage.rows('SELECT FROM executions.on_failure_starts')).toEqual([]);
  });

  it('also when its workflow is published later, and whoever dies meanwhile', async () => {
    const key = `later_${Date.now()}`;
    const id = await stage.begin([{ id: 'bad', type: 'fail', config: { message: 'no' } }], {
      settings: { onFailure: { workflow: key } },
    });
    await stage.becomes(id, 'failed');
    await eventually(async () =>
      expect(await stage.rows('SELECT FROM executions.on_failure_starts WHERE tries > 0')).toHaveLength(1),
    );
    await Promise.all(stage.replicas.splice(0).map((replica) => replica.stop()));
    stage.publish([{ id: 'told', type: 'transform', config: { value: 1 } }], {}, key);
    await stage.rows('UPDATE executions.on_failure_starts SET due_at = now()');
    // Two at once, and one that believes that it was not started.
    for (let count = 0; count < 2; count++)
      stage.replicas.push(await startReplica({ databaseUrl: stage.database.url }));
    await eventually(async () => expect(await alarmsOf(id)).toHaveLength(1), 15_000);
    await stage.rows(
      `INSERT INTO executions.on_failure_starts (execution_id, seq, organization_id, workflow_key, inputs)
       SELECT $1::uuid, (split_part(key, ':', 2))::int, organization_id, $2, '{}' FROM executions.start_keys
        WHERE source = 'on_failure' AND key LIKE $1 || ':%'`,
      [id, key],
    );
    await eventually(
      async () => expect(await stage.rows('SELECT FROM executions.on_failure_starts')).toEqual([]),
      10_000,
    );
    expect(await alarmsOf(id)).toHaveLength(1);
  });
});

it('settings.timeout leaves out the time that a run is paused', async () => {
  const steps = [work('a', ['b'], { config: { pause: 200 } }), work('b')];
  const id = await stage.begin(steps, { settings: { timeout: '2s' } });
  await eventually(() => expect(stage.taken(id)).toEqual(['a']));
  await stage.client.send(pauseExecution, { id });
  await stage.becomes(id, 'paused');
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect((await stage.view(id)).status).toBe('paused');
  await stage.client.send(resumeExecution, { id });
  await stage.becomes(id, 'completed');
});
