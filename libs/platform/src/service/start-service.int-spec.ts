import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  commandsOwnedBy,
  createWorkflow,
  healthSubject,
  resolveVersion,
  type Permission,
  type ServiceName,
} from '@rpa/contracts';
import { connectBus, type Bus, type CommandHandler } from '@rpa/messaging';
import { createTestDatabase, eventually, testNats, type TestDatabase } from '@rpa/testing';
import { defineConfig } from '../config/define-config.js';
import { databaseVariables, serviceVariables } from '../config/service.config.js';
import { idempotencyMigration } from '../idempotency/idempotency.js';
import { Identity } from '../principal/identity.js';
import { makeSecrets } from '../provision/provision-secrets.js';
import { currentTraceId } from '../trace/tracing.js';
import { startService, type RunningService, type ServiceDefinition } from './start-service.js';

const secrets = makeSecrets();
const organization = { id: randomUUID(), slug: 'acme' };
const config = defineConfig({ ...serviceVariables('workflows', 0), ...databaseVariables(3) });
type Config = ReturnType<typeof config.load>;

@Module({})
class WorkflowsStandIn {}

describe('startService', () => {
  let test: TestDatabase;
  const buses: Bus[] = [];
  const services: RunningService[] = [];
  const identities = new Map<ServiceName, Identity>();

  beforeAll(async () => {
    test = await createTestDatabase('service');
    for (const service of ['auth', 'gateway', 'executions', 'worker'] as const) {
      const { identityKeys, trustedKeys } = secrets;
      identities.set(service, await Identity.load({ service, identityKey: identityKeys[service], trustedKeys }));
    }
  });
  afterEach(async () => {
    await Promise.all(services.splice(0).map((service) => service.stop()));
    await Promise.all(buses.splice(0).map((bus) => bus.close(200)));
  });
  afterAll(() => test.drop());

  const load = (env: Record<string, string> = {}): Config =>
    config.load({
      NATS_URL: testNats().url,
      NATS_PASSWORD: testNats('workflows').password,
      IDENTITY_KEY: secrets.identityKeys.workflows,
      TRUSTED_KEYS: secrets.trustedKeys,
      DATABASE_URL: test.url,
      DATABASE_DURABILITY: 'unchecked',
      LOG_LEVEL: 'silent',
      ...env,
    });

  type Handlers = { resolve?: CommandHandler; create?: CommandHandler };

  async function start(
    handlers: Handlers = {},
    more: Partial<ServiceDefinition<Config>> = {},
  ): Promise<RunningService> {
    const own = new Map<string, CommandHandler | undefined>([
      [resolveVersion.subject, handlers.resolve],
      [createWorkflow.subject, handlers.create],
    ]);
    const settings = load();
    const running = await startService<Config>({
      service: 'workflows',
      config: settings,
      module: WorkflowsStandIn,
      database: {
        schema: 'workflows',
        config: settings,
        entities: [],
        migrations: [idempotencyMigration('workflows')],
      },
      bind: (_app, strategy) => {
        for (const command of commandsOwnedBy('workflows'))
          strategy.handleDirectly(command, own.get(command.subject) ?? (() => command.example.reply));
      },
      ...more,
    });
    services.push(running);
    return running;
  }

  async function connectAs(service: 'gateway' | 'executions' | 'worker'): Promise<Bus> {
    const { url, user, password } = testNats(service);
    const bus = await connectBus({ service, servers: [url], user, password });
    buses.push(bus);
    return bus;
  }

  const tokenOf = (service: ServiceName): Promise<string> =>
    (identities.get(service) as Identity).serviceToken(organization);
  const userToken = (permissions: Permission[], seconds = 60): Promise<string> =>
    (identities.get('auth') as Identity).signUser({ userId: 'u', organization, roles: [], permissions }, seconds);
  const request = { ...resolveVersion.example.request };
  const probe = (port: number, path: string) => fetch(`http://127.0.0.1:${port}/${path}`);

  it('tells that it lives, that it is ready, and what it measures', async () => {
    const { probePort } = await start();
    expect((await probe(probePort, 'health/live')).status).toBe(200);
    const ready = await probe(probePort, 'health/ready');
    expect(ready.status).toBe(200);
    const all = { service: { ok: true }, postgresql: { ok: true }, nats: { ok: true } };
    expect(await ready.json()).toEqual({ status: 'ready', checks: all });
    const metrics = await (await probe(probePort, 'metrics')).text();
    expect(metrics).toMatch(/rpa_messages_in_flight\{service="workflows"\} 0/);
    expect(metrics).toMatch(/process_resident_memory_bytes/);
    expect((await probe(probePort, 'etc/passwd')).status).toBe(404);
    const gateway = await connectAs('gateway');
    expect(await gateway.ask(healthSubject('workflows'), {}, 1_000)).toMatchObject({ status: 'ready' });
  });

  it('lets in only who has proven to be allowed', async () => {
    await start();
    const executions = await connectAs('executions');
    const gateway = await connectAs('gateway');
    const code = async (principal: string | undefined, bus = executions) =>
      bus.request(resolveVersion, request, principal === undefined ? {} : { principal }).then(
        () => 'ok',
        (error: { code: string }) => error.code,
      );
    expect(await code(await tokenOf('executions'))).toBe('ok');
    expect(await code(undefined)).toBe('unauthenticated');
    expect(await code('')).toBe('unauthenticated');
    expect(await code('forged.token.here')).toBe('invalid_token');
    expect(await code(await tokenOf('worker'))).toBe('forbidden');
    expect(await code(await userToken(['workflows:read', 'workflows:write']))).toBe('forbidden');
    const write = async (principal: string) =>
      gateway.request(createWorkflow, createWorkflow.example.request, { principal }).then(
        () => 'ok',
        (error: { code: string }) => error.code,
      );
    expect(await write(await userToken(['workflows:write']))).toBe('ok');
    expect(await write(await userToken(['workflows:read']))).toBe('forbidden');
    expect(await write(await userToken(['workflows:write'], -60))).toBe('invalid_token');
    expect(await write(await tokenOf('gateway'))).toBe('forbidden');
    await expect(
      executions.request(resolveVersion, { ...request, odd: 1 } as never, { principal: await tokenOf('executions') }),
    ).rejects.toMatchObject({ code: 'validation_failed', errors: [{ path: 'odd', code: 'unknown_field' }] });
  });

  it('continues the trace of the caller, and hides what went wrong inside', async () => {
    const traces: (string | null)[] = [];
    await start({
      resolve: () => {
        traces.push(currentTraceId());
        throw new Error('password is hunter2');
      },
    });
    const executions = await connectAs('executions');
    const principal = await tokenOf('executions');
    const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
    const failure = executions.request(resolveVersion, request, { principal, traceparent });
    await expect(failure).rejects.toMatchObject({ code: 'internal', message: expect.not.stringContaining('hunter2') });
    expect(traces).toEqual(['ab'.repeat(16)]);
  });

  it('creates once for one Idempotency-Key', async () => {
    let created = 0;
    await start({
      create: () => ({ ...createWorkflow.example.reply, name: `copy ${++created}` }),
    });
    const gateway = await connectAs('gateway');
    const principal = await userToken(['workflows:write']);
    const send = (idempotencyKey: string) =>
      gateway.request(createWorkflow, createWorkflow.example.request, { principal, idempotencyKey });
    const first = await send('k1');
    expect(await send('k1')).toEqual(first);
    await send('k2');
    expect(created).toBe(2);
  });

  it('finishes what runs when it stops, refuses to be ready, and stops once', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const order: string[] = [];
    const running = await start(
      { resolve: () => gate.then(() => ({ ...resolveVersion.example.reply })) },
      { stopping: () => void order.push('stopping') },
    );
    const executions = await connectAs('executions');
    const answer = executions.request(resolveVersion, request, { principal: await tokenOf('executions') });
    await eventually(async () =>
      expect(await (await probe(running.probePort, 'metrics')).text()).toMatch(/in_flight\S* 1/),
    );
    const stops = [running.stop(), running.stop()];
    await eventually(async () => expect((await probe(running.probePort, 'health/ready')).status).toBe(503));
    await eventually(() => expect(order).toEqual(['stopping']));
    release();
    expect(await answer).toEqual(resolveVersion.example.reply);
    await Promise.all(stops);
    expect(order).toEqual(['stopping']);
    await expect(probe(running.probePort, 'health/live')).rejects.toThrow();
  });

  it('closes everything although one part fails to', async () => {
    const running = await start({}, { stopping: () => Promise.reject(new Error('stuck')) });
    await running.stop();
    await expect(probe(running.probePort, 'health/live')).rejects.toThrow();
    const executions = await connectAs('executions');
    await expect(
      executions.request(resolveVersion, request, { principal: await tokenOf('executions') }),
    ).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('leaves nothing behind when it cannot start', async () => {
    await expect(start({}, { bind: () => undefined })).rejects.toThrow(/'workflows' is wired wrongly.*has no handler/);
    await expect(start({}, { started: () => Promise.reject(new Error('no door')) })).rejects.toThrow('no door');
    const executions = await connectAs('executions');
    await expect(
      executions.request(resolveVersion, request, { principal: await tokenOf('executions') }),
    ).rejects.toMatchObject({ code: 'unavailable' });
  });
});
