import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TASK_SUBJECTS, type WorkerAnnouncement } from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import { eventually } from '@rpa/testing';
import { connectAs } from '../../test/task-owner.js';
import { WorkerAnnouncer } from './announce-worker.js';

describe('worker announcer', () => {
  let executions: Bus;
  let worker: Bus;
  const heard: { announcement: WorkerAnnouncement; bytes: number }[] = [];
  beforeAll(async () => {
    [executions, worker] = await Promise.all([connectAs('executions'), connectAs('worker')]);
    executions.subscribe(TASK_SUBJECTS.announce, (body, msg) => {
      const announcement = body as WorkerAnnouncement;
      if (announcement.worker === 'busy') heard.push({ announcement, bytes: msg.data.length });
    });
    await executions.connection.flush();
  });
  afterAll(() => Promise.all([executions.close(500), worker.close(500)]));

  it('tells more tasks than one message holds in several, each below 64 KiB', async () => {
    const refs = Array.from({ length: 2_000 }, (_, index) => ({
      owner: `replica-${index % 3}`,
      ref: { executionId: randomUUID(), path: `each.${index}.call`, attempt: 1, delivery: 1 },
    }));
    const described = { worker: 'busy', pool: 'p', types: ['noop'], capacity: 2_000 };
    const announcer = new WorkerAnnouncer(worker, described, {
      free: () => 0,
      draining: () => false,
      tasks: () => refs,
    });
    announcer.announce();
    announcer.close();
    const told = () => heard.flatMap(({ announcement }) => Object.values(announcement.running).flat());
    await eventually(() => expect(told()).toHaveLength(2_000));
    expect(new Set(told().map(({ path }) => path)).size).toBe(2_000);
    expect(heard.map(({ announcement }) => announcement.continued ?? false)).toEqual([
      false,
      ...heard.slice(1).map(() => true),
    ]);
    expect(heard.length).toBeGreaterThan(1);
    expect(Math.max(...heard.map(({ bytes }) => bytes))).toBeLessThan(64 * 1024);
  });
});
