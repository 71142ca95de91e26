import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { existExecutions, natsUsers, SYSTEM_ROLES, type Permission, type ServiceName } from '@rpa/contracts';
import { FilesClient } from '@rpa/files';
import { connectBus, encodeBody, type Bus } from '@rpa/messaging';
import { Identity, makeSecrets, secretsEnvironment, type RunningService } from '@rpa/platform';
import { createTestDatabase, startTestNats, testNats, type TestDatabase } from '@rpa/testing';
import pg from 'pg';
import { start } from '../../src/start.js';
import { storageConfig } from '../../src/storage.config.js';

/** The running service with a folder of its own, a NATS server of its own, and executions that know which runs exist. */
export class StorageScenario {
  readonly dir = mkdtempSync(join(tmpdir(), 'storage-'));
  readonly secrets = makeSecrets();
  readonly organization = { id: randomUUID(), slug: 'acme' };
  readonly other = { id: randomUUID(), slug: 'other' };
  /** Executions that the executions service says to keep. */
  readonly kept = new Set<string>();
  service!: RunningService;
  buses!: Record<'gateway' | 'worker' | 'executions', Bus>;
  rows!: pg.Pool;
  private env: Record<string, string> = {};
  private database!: TestDatabase;
  private nats!: Awaited<ReturnType<typeof startTestNats>>;

  static async start(env: Record<string, string> = {}): Promise<StorageScenario> {
    const scenario = new StorageScenario();
    scenario.env = env;
    const users = natsUsers().map((user) => ({ ...user, password: testNats(user.user).password }));
    [scenario.database, scenario.nats] = await Promise.all([createTestDatabase('storage'), startTestNats({ users })]);
    scenario.rows = new pg.Pool({ connectionString: scenario.database.url, max: 2 });
    scenario.rows.on('error', () => undefined);
    const [gateway, worker, executions] = await Promise.all([
      scenario.connect('gateway'),
      scenario.connect('worker'),
      scenario.connect('executions'),
    ]);
    scenario.buses = { gateway, worker, executions };
    executions.subscribe(existExecutions.subject, (body, msg) => {
      const { ids } = body as { ids: string[] };
      msg.respond(encodeBody({ ids: ids.filter((id) => scenario.kept.has(id)) }));
    });
    scenario.service = await scenario.launch();
    return scenario;
  }

  launch(): Promise<RunningService> {
    return start(storageConfig.load(this.environment(this.env)));
  }

  environment(env: Record<string, string> = {}): Record<string, string> {
    return {
      ...secretsEnvironment(this.secrets, 'storage'),
      NATS_URL: this.nats.url,
      NATS_PASSWORD: testNats('storage').password,
      DATABASE_URL: this.database.url,
      DATABASE_DURABILITY: 'unchecked',
      STORAGE_PORT: '0',
      STORAGE_DIR: this.dir,
      LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
      ...env,
    };
  }

  async restart(): Promise<void> {
    await this.service.stop();
    this.service = await this.launch();
  }

  /** Storage as a worker or executions uses it. */
  async client(service: 'worker' | 'executions' = 'worker'): Promise<FilesClient> {
    return new FilesClient({ bus: this.buses[service], identity: await this.identity(service) });
  }

  async as(service: 'worker' | 'executions', organizationId = this.organization.id): Promise<{ principal: string }> {
    return { principal: await (await this.identity(service)).serviceToken({ id: organizationId }) };
  }

  async user(
    organization = this.organization,
    permissions: readonly Permission[] = SYSTEM_ROLES.viewer,
  ): Promise<{ principal: string }> {
    const auth = await this.identity('auth');
    return { principal: await auth.signUser({ userId: randomUUID(), organization, roles: [], permissions }, 600) };
  }

  identity(service: ServiceName): Promise<Identity> {
    const { identityKeys, trustedKeys } = this.secrets;
    return Identity.load({ service, identityKey: identityKeys[service], trustedKeys });
  }

  /** Everything that lies in the folder: path from its root, and size. */
  content(): { path: string; size: number }[] {
    const names = readdirSync(this.dir, { recursive: true }) as string[];
    return names
      .map((path) => ({ path, stat: statSync(join(this.dir, path)) }))
      .filter(({ stat }) => stat.isFile())
      .map(({ path, stat }) => ({ path, size: stat.size }));
  }

  async stop(): Promise<void> {
    await this.service.stop();
    await Promise.all(Object.values(this.buses).map((bus) => bus.close(200)));
    await this.rows.end();
    await this.database.drop();
    await this.nats.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  private connect(service: ServiceName): Promise<Bus> {
    return connectBus({ service, servers: [this.nats.url], user: service, password: testNats(service).password });
  }
}

/** An owner that nobody else uses. */
export function ownerOf(organization: { id: string }): { organizationId: string; executionId: string } {
  return { organizationId: organization.id, executionId: randomUUID() };
}

/** The same megabyte `megabytes` times over, made piece by piece. */
export function* bytes(megabytes: number, piece = randomBytes(1024 * 1024)): Generator<Buffer> {
  for (let count = 0; count < megabytes; count++) yield piece;
}
