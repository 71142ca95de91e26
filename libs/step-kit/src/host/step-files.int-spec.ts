import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  INLINE_VALUE_LIMIT,
  type FileReference,
  type JsonObject,
  type StepTask,
  type TaskResult,
} from '@rpa/contracts';
import { fileIdOf, FilesClient, jsonChunks } from '@rpa/files';
import type { Bus } from '@rpa/messaging';
import { eventually, FilesPeer } from '@rpa/testing';
import Type from 'typebox';
import { connectAs, TaskOwner } from '../../test/task-owner.js';
import { createEgress } from '../egress/create-egress.js';
import { defineStep } from '../step/define-step.js';
import { startStepHost, type StepHost } from './step-host.js';

const POOL = 'files_test';
const ORGANIZATION = randomUUID();
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const metrics = { histogram: () => ({ observe: () => undefined }), gauge: () => undefined };
const many = (count: number) => Array.from({ length: count }, (_, index) => ({ index, text: 'ü"\\😀' }));

const OUTPUTS: Record<string, () => unknown> = {
  small: () => ({ fits: 'x'.repeat(INLINE_VALUE_LIMIT - 13) }),
  text: () => 'x'.repeat(INLINE_VALUE_LIMIT),
  list: () => many(2_000),
  members: () => ({ status: 200, headers: { a: 'b' }, body: many(2_000), note: 'y'.repeat(40_000) }),
  crowd: () => Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`m${index}`, `value ${index}`])),
  odd: () => ({ date: new Date(0), list: [undefined, () => 1, NaN], none: undefined, text: 'x'.repeat(70_000) }),
  circle: () => {
    const value: { self?: unknown; text: string } = { text: 'x'.repeat(40_000) };
    value.self = value;
    return value;
  },
};

const maker = defineStep({
  id: 'maker',
  version: 1,
  title: 'Maker',
  summary: 'Makes outputs of all sizes',
  category: 'other',
  config: Type.Object({
    what: Type.String(),
    seen: Type.Optional(Type.Unknown()),
    closed: Type.Optional(Type.Unknown()),
  }),
  output: Type.Unknown(),
  sideEffect: { default: 'pure' },
  timeout: '10s',
  errors: [],
  examples: [],
  closed: ['closed'],
  pool: POOL,
  async run({ config, files }) {
    if (config.what === 'seen') return { seen: config.seen, closed: config.closed };
    if (config.what === 'streamed') {
      let bytes = 0;
      for await (const chunk of files.open(config.closed as FileReference)) bytes += chunk.length;
      return { bytes, again: await files.save(files.open(config.closed as FileReference), 'text/plain') };
    }
    return OUTPUTS[config.what]?.();
  },
});

describe('files of steps', () => {
  const egress = createEgress({ allow: [] });
  let owner: TaskOwner;
  let bus: Bus;
  let storage: Bus;
  let peer: FilesPeer;
  let host: StepHost;

  beforeAll(async () => {
    [owner, bus, storage] = await Promise.all([TaskOwner.connect(POOL), connectAs('worker'), connectAs('storage')]);
    peer = await FilesPeer.start(storage, ORGANIZATION, fileIdOf);
    await storage.connection.flush();
    const identity = { serviceToken: async () => 'token' };
    const means = { bus, identity, egress, logger: quiet, metrics };
    host = startStepHost({ ...means, source: 'worker', steps: [maker], pool: POOL, capacity: 4 });
    await bus.connection.flush();
  });
  afterEach(() => {
    peer.away = false;
  });
  afterAll(async () => {
    await host.stop();
    peer.close();
    await Promise.all([owner.close(), bus.close(500), storage.close(500), egress.close()]);
  });

  const task = (config: JsonObject, more: Partial<StepTask> = {}) =>
    owner.task('maker', config, { organizationId: ORGANIZATION, ...more });
  const run = async (sent: StepTask): Promise<TaskResult> => {
    const result = await owner.deliver(sent);
    owner.acknowledge(host.workerId, result);
    return result;
  };
  const outputOf = async (sent: StepTask) => {
    const { outcome } = await run(sent);
    if (outcome.status !== 'completed') throw new Error(JSON.stringify(outcome.error));
    return outcome.output as never as { [name: string]: FileReference } & FileReference;
  };

  it('an output that fits stays as it is', async () => {
    const saved = peer.saved.length;
    expect(await outputOf(task({ what: 'small' }))).toEqual(OUTPUTS['small']?.());
    expect(peer.saved).toHaveLength(saved);
  });

  it.each(['text', 'list', 'crowd'])('a large output (%s) stands as one file of its execution', async (what) => {
    const sent = task({ what });
    const { $file } = await outputOf(sent);
    expect($file.contentType).toBe('application/json');
    expect(peer.json($file.id)).toEqual(OUTPUTS[what]?.());
    expect(peer.references.get(sent.executionId)).toEqual(new Set([$file.id]));
  });

  it('the large members of an object stand as files, the others can be read without them', async () => {
    const output = await outputOf(task({ what: 'members' }));
    expect(output).toMatchObject({ status: 200, headers: { a: 'b' }, body: { $file: {} }, note: { $file: {} } });
    expect(peer.json(output['body']!.$file.id)).toEqual(many(2_000));
  });

  it('what JSON has not becomes what JSON makes of it', async () => {
    const output = await outputOf(task({ what: 'odd' }));
    expect(output).toMatchObject({ date: '1970-01-01T00:00:00.000Z', list: [null, null, null], text: { $file: {} } });
    const { outcome } = await run(task({ what: 'circle' }));
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'output_invalid', retryable: false } });
    for (const value of Object.entries(OUTPUTS).filter(([name]) => name !== 'circle'))
      expect(Buffer.concat([...jsonChunks(value)]).toString()).toBe(JSON.stringify(value));
  });

  it('a reference in the config is what it refers to, unless the step keeps it closed', async () => {
    const sent = task({ what: 'seen' });
    const files = new FilesClient({ bus, identity: { serviceToken: async () => 'token' } });
    const reference = await files.save(sent, jsonChunks({ deep: [1] }), 'application/json');
    const plain = await files.save(sent, [Buffer.from('héllo', 'latin1')], 'text/plain; charset=latin1');
    const config = { what: 'seen', seen: { a: [reference, plain] }, closed: reference } as unknown as JsonObject;
    expect(await outputOf({ ...sent, config })).toEqual({ seen: { a: [{ deep: [1] }, 'héllo'] }, closed: reference });
    const { outcome } = await run(task(config));
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'file_not_found', retryable: false } });
    const streamed = { ...sent, attempt: 2, config: { what: 'streamed', closed: reference } as unknown as JsonObject };
    expect(await outputOf(streamed)).toMatchObject({
      bytes: reference.$file.size,
      again: { $file: { sha256: reference.$file.sha256, contentType: 'text/plain' } },
    });
  });

  it('waits for storage as long as the attempt may last', async () => {
    peer.away = true;
    const sent = task({ what: 'list' });
    const waiting = outputOf(sent);
    await eventually(() => expect(owner.announcements.length).toBeGreaterThan(0));
    setTimeout(() => (peer.away = false), 300);
    expect(await waiting).toHaveProperty('$file');
    peer.away = true;
    const { outcome } = await run(task({ what: 'text' }, { timeoutMs: 400 }));
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'timeout', retryable: true } });
  });
});
