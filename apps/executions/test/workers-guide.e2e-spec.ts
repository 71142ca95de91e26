import { spawn, type ChildProcess } from 'node:child_process';
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  announceStepTypes,
  cancelExecution,
  GRANT_SEAL_INFO,
  redeemGrant,
  reportResult,
  requestStepStart,
  RequestStepStartReply,
  RedeemGrantReply,
  startExecution,
  TASK_SUBJECTS,
  type AnnounceStepTypesRequest,
  type JsonObject,
  type RedeemGrantRequest,
  type StepTask,
  type StepTypeDescriptor,
  type WorkerControl,
} from '@rpa/contracts';
import { connectBus, type Bus } from '@rpa/messaging';
import { Identity, secretsEnvironment, validateMessage, type RunningService } from '@rpa/platform';
import { createTestDatabase, eventually, testNats, waitForOutput, type TestDatabase } from '@rpa/testing';
import { isResult, isResultOf, readOutcome } from '../src/dispatch/read-result.js';
import { HearingClock } from '../src/dispatch/hearing-clock.js';
import { WorkerRegistry } from '../src/dispatch/worker-registry.js';
import { natsUrl, startNats, stopNats } from './support/nats.js';
import { Client, startReplica } from './support/replica.js';
import { SECRETS } from './support/secrets.js';
import { OPEN_DOOR, WorkflowsPeer } from './support/workflows-peer.js';

const ROOT = join(import.meta.dirname, '../../..');
const guide = readFileSync(join(ROOT, 'docs/guides/workers.md'), 'utf8');
const samples = new Map(
  [...guide.matchAll(/```json ([\w-]+)\n(.*?)```/gs)].map(([, name = '', json = '']) => [name, JSON.parse(json)]),
);
const sample = (name: string): JsonObject => {
  const found = samples.get(name) as JsonObject | undefined;
  if (!found) throw new Error(`The guide has no sample ${name}.`);
  return found;
};
const bytes = (text: unknown): Buffer => Buffer.from(String(text), 'base64url');
const fieldsOf = (value: object): string[] => Object.keys(value).sort();

describe('samples of docs/guides/workers.md', () => {
  it('are requests and answers as the services take and give them', async () => {
    await validateMessage(announceStepTypes.request, sample('announce-types'));
    await validateMessage(reportResult.request, sample('report'));
    await validateMessage(requestStepStart.request, sample('request-start'));
    await validateMessage(RequestStepStartReply, sample('start-granted'));
    await validateMessage(redeemGrant.request, sample('redeem'));
    await validateMessage(RedeemGrantReply, sample('redeemed'));
    expect(isResult(sample('report')['result'])).toBe(true);
  });

  it('are results as an owner reads them', () => {
    for (const name of ['result', 'failed-result']) {
      const result = sample(name);
      if (!isResultOf(result, sample('task') as unknown as StepTask)) throw new Error(`${name} is no result`);
      expect(readOutcome(result.outcome)).toEqual(result.outcome);
    }
  });

  it('announce a worker', () => {
    const heard = new WorkerRegistry(new HearingClock(() => true)).hear(sample('announcement'));
    expect(heard).toMatchObject({ worker: 'acme-1', capacity: 10, room: 9, addressed: false });
    expect([...(heard?.running ?? [])]).toEqual(['0198c1f0-0000-7000-8000-000000000002 slug 1']);
  });

  it('derive the key of a credential', () => {
    const { privateKey, sharedSecret, key, credential } = sample('vector');
    const { publicKey, grant } = sample('redeem');
    const sealed = sample('redeemed')['sealed'] as JsonObject;
    const own = { kty: 'OKP', crv: 'X25519', x: String(publicKey), d: String(privateKey) };
    const vault = { kty: 'OKP', crv: 'X25519', x: String(sealed['ephemeralKey']) };
    const shared = diffieHellman({
      privateKey: createPrivateKey({ key: own, format: 'jwk' }),
      publicKey: createPublicKey({ key: vault, format: 'jwk' }),
    });
    expect(shared.toString('base64url')).toBe(sharedSecret);
    const salt = Buffer.concat([bytes(sealed['ephemeralKey']), bytes(publicKey)]);
    expect(guide).toContain(GRANT_SEAL_INFO);
    const derived = Buffer.from(hkdfSync('sha256', shared, salt, GRANT_SEAL_INFO, 32));
    expect(derived.toString('base64url')).toBe(key);
    const packed = bytes(sealed['ciphertext']);
    const decipher = createDecipheriv('aes-256-gcm', derived, bytes(sealed['nonce']));
    decipher.setAAD(Buffer.from(String(grant))).setAuthTag(packed.subarray(-16));
    const plain = Buffer.concat([decipher.update(packed.subarray(0, -16)), decipher.final()]);
    expect(JSON.parse(plain.toString())).toEqual(credential);
  });
});

describe('examples/worker beside the real service', () => {
  let database: TestDatabase;
  let workflows: WorkflowsPeer;
  let service: RunningService;
  let client: Client;
  let spy: Bus;
  let vault: Bus;
  let announcements: Bus;
  let worker: ChildProcess;
  const wire = { tasks: [] as JsonObject[], controls: [] as WorkerControl[], announced: [] as JsonObject[] };

  beforeAll(async () => {
    await startNats();
    database = await createTestDatabase('executions guide');
    const types: StepTypeDescriptor[] = [];
    workflows = await WorkflowsPeer.start(types);
    workflows.bus.responder.handle(announceStepTypes, await doorOf('workflows'), (request) => {
      types.splice(0, types.length, ...(request as AnnounceStepTypesRequest).types);
      return {};
    });
    [spy, vault, announcements] = (await Promise.all(
      (['worker', 'credentials-vault', 'executions'] as const).map((user) =>
        connectBus({ service: user, servers: [natsUrl()], user, password: testNats(user).password }),
      ),
    )) as [Bus, Bus, Bus];
    spy.subscribe('task.direct.*.*', (body) => wire.tasks.push(body as JsonObject));
    spy.subscribe('task.worker.*', (body) => wire.controls.push(body as WorkerControl));
    announcements.subscribe(TASK_SUBJECTS.announce, (body) => wire.announced.push(body as JsonObject));
    vault.responder.handle(redeemGrant, await doorOf('credentials-vault'), async (request) => ({
      sealed: await sealFor(request as RedeemGrantRequest),
    }));
    service = await startReplica({ databaseUrl: database.url });
    client = await Client.person();
    worker = spawn(process.execPath, [join(ROOT, 'examples/worker/worker.mjs')], {
      env: {
        PATH: process.env['PATH'],
        ...secretsEnvironment(SECRETS, 'worker'),
        NATS_URL: natsUrl(),
        NATS_PASSWORD: testNats('worker').password,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    process.once('exit', () => worker.kill('SIGKILL'));
    await waitForOutput(worker, /is up/);
    await eventually(() => expect(types.map(({ type }) => type)).toEqual(['acme__slugify', 'acme__transfer']));
  }, 60_000);
  afterAll(async () => {
    worker?.kill('SIGKILL');
    await Promise.all([client?.close(), service?.stop(), workflows?.stop()]);
    await Promise.all([spy, vault, announcements].map((bus) => bus?.close(100)));
    await database?.drop();
    await stopNats();
  });

  /** As the service itself checks who asks and what. */
  async function doorOf(service: 'workflows' | 'credentials-vault') {
    const keys = { identityKey: SECRETS.identityKeys[service], trustedKeys: SECRETS.trustedKeys };
    const identity = await Identity.load({ service, ...keys });
    return {
      ...OPEN_DOOR,
      admit: async (_command: unknown, headers: { get(name: string): string | null }) => {
        const principal = await identity.principal(headers.get('rpa-principal') ?? '');
        if (principal.kind !== 'service' || principal.service !== 'worker') throw new Error('not the worker');
        return { principal, requestId: null, idempotencyKey: null, traceparent: null };
      },
    };
  }

  async function sealFor({ grant, publicKey }: RedeemGrantRequest): Promise<RedeemGrantReply['sealed']> {
    const keys = { identityKey: SECRETS.identityKeys['credentials-vault'], trustedKeys: SECRETS.trustedKeys };
    const identity = await Identity.load({ service: 'credentials-vault', ...keys });
    const { claims, signer } = await identity.verify(grant, 'credentials-vault');
    expect([signer, claims['credentialKey']]).toEqual(['executions', 'bank']);
    const own = generateKeyPairSync('x25519');
    const ephemeralKey = own.publicKey.export({ format: 'jwk' }).x ?? '';
    const theirs = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: publicKey }, format: 'jwk' });
    const shared = diffieHellman({ privateKey: own.privateKey, publicKey: theirs });
    const salt = Buffer.concat([bytes(ephemeralKey), bytes(publicKey)]);
    const nonce = randomBytes(12);
    const key = Buffer.from(hkdfSync('sha256', shared, salt, GRANT_SEAL_INFO, 32));
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(grant));
    const text = JSON.stringify({ type: 'bearer', data: { token: 'secret' } });
    const ciphertext = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
    return { ephemeralKey, nonce: nonce.toString('base64url'), ciphertext: ciphertext.toString('base64url') };
  }

  const run = async (...steps: object[]) => {
    const workflowId = workflows.publish(`w${Math.random().toString(36).slice(2)}`, { format: 1, steps } as JsonObject);
    return client.send(startExecution, { workflowId, waitMs: 20_000 });
  };

  it('runs steps, also those that must not happen twice and need a credential', async () => {
    const { execution } = await run(
      { id: 'slug', type: 'acme__slugify', config: { title: 'Hello, World' }, next: ['pay'] },
      { id: 'pay', type: 'acme__transfer', credential: 'bank', config: { amount: 12 } },
    );
    expect(execution?.steps.map((step) => [step.status, step.output])).toEqual([
      ['completed', { slug: 'hello-world' }],
      ['completed', { transferred: 12 }],
    ]);
    await eventually(() => expect(wire.announced.at(-1)?.['running']).toEqual({}));
  });

  it('tells why a step failed', async () => {
    const { execution } = await run({ id: 'slug', type: 'acme__slugify', config: { title: '!' } });
    expect(execution?.steps[0]?.error).toMatchObject({ code: 'empty', retryable: false });
  });

  it('is spoken to in the forms that the guide shows', async () => {
    const ack = wire.controls.find((control) => control.kind === 'ack');
    expect(fieldsOf(ack ?? {})).toEqual(fieldsOf(sample('acknowledgement')));
    expect(fieldsOf(ack?.kind === 'ack' ? (ack.tasks[0] ?? {}) : {})).toEqual(
      fieldsOf((sample('acknowledgement')['tasks'] as JsonObject[])[0] ?? {}),
    );
    const task = wire.tasks.find((each) => each['type'] === 'acme__slugify');
    expect(fieldsOf(task ?? {})).toEqual(fieldsOf(sample('task')));
    expect(wire.tasks.some((each) => typeof each['credentialGrant'] === 'string')).toBe(true);
    expect(fieldsOf(wire.announced[0] ?? {})).toEqual(fieldsOf(sample('announcement')));
    worker.kill('SIGSTOP');
    const workflowId = workflows.publish('held', {
      format: 1,
      steps: [{ id: 'slug', type: 'acme__slugify', config: { title: 'x' } }],
    });
    const { id } = await client.send(startExecution, { workflowId });
    await eventually(() => expect(wire.tasks.some((each) => each['executionId'] === id)).toBe(true));
    await client.send(cancelExecution, { id });
    await eventually(() => expect(wire.controls.some((control) => control.kind === 'abort')).toBe(true));
    const abort = wire.controls.find((control) => control.kind === 'abort');
    expect(fieldsOf(abort ?? {})).toEqual(fieldsOf(sample('abort')));
    worker.kill('SIGCONT');
  });

  it('reports a result that nobody has acknowledged, and takes up a delivery that comes again', async () => {
    const task = { ...(sample('task') as unknown as StepTask), config: { title: 'Again' } };
    const asked = () => announcements.ask(TASK_SUBJECTS.direct('acme', task.type), task, 5_000);
    const first = (await asked()) as JsonObject;
    expect(first['outcome']).toEqual({ status: 'completed', output: { slug: 'again' } });
    expect(fieldsOf(first)).toEqual(fieldsOf(sample('failed-result')));
    expect(await asked()).toEqual(first);
    await eventually(() => expect(wire.announced.at(-1)?.['running']).toHaveProperty(task.owner));
    // Nobody has such a run: any replica says so for good, and the worker forgets it.
    await eventually(() => expect(wire.announced.at(-1)?.['running']).toEqual({}), 5_000);
  });
});
