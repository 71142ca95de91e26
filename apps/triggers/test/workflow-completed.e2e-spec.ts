import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTrigger, getTrigger, listFires, readTriggersStatus, type CommandDefinition } from '@rpa/contracts';
import { eventually } from '@rpa/testing';
import { TriggersService, type Person } from './triggers-service.js';

let triggers: TriggersService;
let ada: Person;
beforeAll(async () => {
  triggers = await TriggersService.start();
  await triggers.startExecutions();
  await triggers.startHistory();
  ada = await triggers.person();
});
afterAll(() => triggers.stop());

async function send<Request extends object, Reply extends object>(
  command: CommandDefinition<Request, Reply>,
  body: NoInfer<Request>,
): Promise<Reply> {
  return (await triggers.bus('gateway')).request(command, body, { principal: ada.token });
}
const chain = (workflowId: string, more: object = {}) =>
  send(createTrigger, {
    workflowId: triggers.workflow(),
    name: 'After',
    type: 'workflow_completed',
    config: { workflowId, ...more },
  });
const payloads = (id: string) =>
  triggers.started.filter((start) => start.trigger?.id === id).map((start) => start.trigger?.payload as object);

it('starts a workflow for every run of another that ends, each once, on two replicas and through a restart', async () => {
  const watched = triggers.workflow();
  triggers.ended.push(triggers.endedRun(watched, 'completed', { n: 'history' }, -120_000));
  const { id } = await chain(watched);
  await eventually(async () => {
    const status = (await send(readTriggersStatus, {})).data.find((row) => row.id === id);
    expect(status?.source).toMatchObject({ failures: 0, lastPoll: expect.any(String), lastError: null });
  }, 10_000);
  const second = await triggers.startReplica();
  for (const n of [1, 2, 3]) triggers.ended.push(triggers.endedRun(watched, 'completed', { n }));
  triggers.ended.push(triggers.endedRun(watched, 'failed', null));
  triggers.ended.push(triggers.endedRun(triggers.workflow(), 'completed', { n: 'other' }));
  await eventually(() => expect(payloads(id)).toHaveLength(3), 15_000);
  const numbers = payloads(id).map((payload) => (payload as { output: { n: number } }).output.n);
  expect(numbers.sort()).toEqual([1, 2, 3]);
  await triggers.stopReplica(second);
  await triggers.stopReplicas();
  triggers.ended.push(triggers.endedRun(watched, 'completed', { n: 4 }));
  await triggers.startReplica();
  await eventually(() => expect(payloads(id)).toHaveLength(4), 20_000);
  expect((await send(listFires, { id })).data.map((fire) => fire.outcome)).toEqual(Array(4).fill('fired'));
}, 60_000);

it('minds the ends that are asked for, the filter, and does not go round', async () => {
  const watched = triggers.workflow();
  const { id } = await chain(watched, {
    statuses: ['failed', 'timed_out'],
    filter: '{{ trigger.payload.output?.n != 2 }}',
  });
  await eventually(async () => {
    const status = (await send(readTriggersStatus, {})).data.find((row) => row.id === id);
    expect(status?.source?.lastPoll).not.toBeNull();
  }, 10_000);
  triggers.ended.push(triggers.endedRun(watched, 'failed', { n: 1 }), triggers.endedRun(watched, 'failed', { n: 2 }));
  triggers.ended.push(triggers.endedRun(watched, 'completed', { n: 3 }));
  triggers.ended.push({
    ...triggers.endedRun(watched, 'failed', { n: 4 }),
    trigger: { type: 'workflow_completed', id },
  });
  await eventually(async () => {
    const outcomes = (await send(listFires, { id })).data.map((fire) => fire.outcome);
    expect(outcomes.sort()).toEqual(['fired', 'skipped']);
  }, 15_000);
  expect(payloads(id)).toEqual([expect.objectContaining({ output: { n: 1 } })]);
  await expect(chain(watched, { statuses: ['running'] })).rejects.toMatchObject({ code: 'validation_failed' });
}, 40_000);

it('says that its source fails, goes on when it works again', async () => {
  const { id } = await chain(triggers.workflow());
  triggers.historyIsAway = true;
  await eventually(
    async () => expect((await send(getTrigger, { id })).problem).toMatchObject({ code: 'source_failing' }),
    30_000,
  );
  triggers.historyIsAway = false;
  await eventually(async () => expect((await send(getTrigger, { id })).problem).toBeNull(), 30_000);
}, 70_000);
