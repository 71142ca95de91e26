import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { jetstream } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEventPublisher, createTrigger, listFires, type CommandDefinition } from '@rpa/contracts';
import { eventually } from '@rpa/testing';
import { TriggersService, type Person } from './triggers-service.js';

const EVENTS = 400;
const CHUNK = 50;

let triggers: TriggersService;
let ada: Person;
let child: ChildProcess | null = null;
beforeAll(async () => {
  triggers = await TriggersService.start();
  await triggers.startExecutions();
  ada = await triggers.person('acme');
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await triggers.stop();
});

async function send<Request extends object, Reply extends object>(
  command: CommandDefinition<Request, Reply>,
  body: NoInfer<Request>,
): Promise<Reply> {
  return (await triggers.bus('gateway')).request(command, body, { principal: ada.token });
}

describe('kill -9', () => {
  it('of the only replica, again and again, starts each acknowledged event exactly once', async () => {
    const request = { workflowId: triggers.workflow(), name: 'Any', type: 'event_bus', config: { channel: 'any' } };
    const { id } = await send(createTrigger, request);
    const outside = await triggers.outside(await send(createEventPublisher, {}));
    await triggers.stopReplicas();
    triggers.startTakesMs = 40;

    let published = 0;
    for (let round = 0; round < 4; round++) {
      child = await triggers.spawnReplica();
      const seen = triggers.asked;
      for (let chunk = 0; chunk < EVENTS / CHUNK / 4; chunk++)
        await Promise.all(
          Array.from({ length: CHUNK }, () => jetstream(outside).publish('events.acme.any', `{"n":${published++}}`)),
        );
      // In the middle of the starts: some were asked for and not answered.
      await eventually(() => expect(triggers.asked).toBeGreaterThan(seen + 10), 40_000);
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }

    await Promise.all([triggers.startReplica(), triggers.startReplica()]);
    const numbers = () => triggers.started.map((start) => (start.inputs as { n: number }).n);
    await eventually(() => expect(new Set(numbers()).size).toBe(EVENTS), 60_000);
    await eventually(async () => {
      const page = await send(listFires, { id, limit: 200 });
      const more = await send(listFires, { id, limit: 200, cursor: page.nextCursor ?? '' });
      const outcomes = [...page.data, ...more.data].map((fire) => fire.outcome);
      expect(outcomes).toEqual(Array(EVENTS).fill('fired'));
      expect(more.nextCursor).toBeNull();
    }, 40_000);
    expect(numbers()).toHaveLength(EVENTS);
    // Otherwise no kill hit a start in flight, and nothing was shown.
    expect(triggers.asked).toBeGreaterThan(EVENTS);
    await outside.close();
  }, 150_000);
});
