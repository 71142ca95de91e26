import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { natsUsers, SYSTEM_ROLES, type ServiceName, type SystemRole } from '@rpa/contracts';
import { connectBus, type Bus } from '@rpa/messaging';
import { Identity, makeSecrets, secretsEnvironment, type InstallationSecrets } from '@rpa/platform';
import { createTestDatabase, eventually, startTestNats, type TestDatabase } from '@rpa/testing';
import { gatewayConfig, start, type GatewayConfig, type RunningGateway } from '@rpa/gateway';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const ORGANIZATION = { id: '0198c1f0-0000-7000-8000-0000000000aa', slug: 'acme' };
const USER_ID = '0198c1f0-0000-7000-8000-0000000000bb';

type Routes = Parameters<typeof start>[1];

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
  text: string;
}

/** A NATS server of its own, the real gateway on it, and other services as far as a test asks for them. */
export class Platform {
  private readonly children: ChildProcess[] = [];
  private readonly buses: Bus[] = [];
  private readonly gateways: RunningGateway[] = [];
  private database: TestDatabase | null = null;

  private constructor(
    readonly secrets: InstallationSecrets,
    private nats: Awaited<ReturnType<typeof startTestNats>>,
    readonly gateway: RunningGateway,
  ) {}

  static async start(more: Record<string, string> = {}, routes?: Routes): Promise<Platform> {
    const secrets = makeSecrets();
    const nats = await startNats(secrets);
    return new Platform(secrets, nats, await start(configOf(secrets, nats.url, more), routes));
  }

  /** Runs auth as its own process, from its build, on a new database (or the one it had). */
  startAuth(more: Record<string, string> = {}): Promise<ChildProcess> {
    return this.startProcess('auth', more);
  }

  /** Runs executions likewise; workflows are answered by whoever connects as that service. */
  startExecutions(more: Record<string, string> = {}): Promise<ChildProcess> {
    return this.startProcess('executions', more);
  }

  /** The database of the processes that were started. */
  get databaseUrl(): string {
    if (!this.database) throw new Error('No process was started yet.');
    return this.database.url;
  }

  /** One more gateway on the same NATS. */
  async startGateway(more: Record<string, string> = {}): Promise<RunningGateway> {
    const gateway = await start(configOf(this.secrets, this.nats.url, more));
    this.gateways.push(gateway);
    return gateway;
  }

  private async startProcess(service: 'auth' | 'executions', more: Record<string, string> = {}): Promise<ChildProcess> {
    buildService(service);
    this.database ??= await createTestDatabase('gateway');
    const child = spawn(process.execPath, [`apps/${service}/dist/main.js`], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        ...secretsEnvironment(this.secrets, service),
        NATS_URL: this.nats.url,
        DATABASE_URL: this.database.url,
        DATABASE_DURABILITY: 'unchecked',
        [`${service.toUpperCase()}_PORT`]: '0',
        LOG_LEVEL: 'error',
        ...more,
      },
    });
    this.children.push(child);
    await eventually(async () => {
      if (child.exitCode !== null) return;
      const { body } = await this.get('/api/health');
      const services = body['services'] as Record<string, { ready: boolean }>;
      if (!services[service]?.ready) throw new Error(`${service} is not ready`);
    }, 20_000);
    return child;
  }

  /** Connects as another service, to answer its commands. */
  async connectAs(service: ServiceName): Promise<Bus> {
    const password = this.secrets.natsPasswords[service];
    const bus = await connectBus({ service, servers: [this.nats.url], user: service, password });
    this.buses.push(bus);
    return bus;
  }

  identity(service: ServiceName): Promise<Identity> {
    const { identityKeys, trustedKeys } = this.secrets;
    return Identity.load({ service, identityKey: identityKeys[service], trustedKeys });
  }

  /** Access token of a user with one role, signed as auth signs it. */
  async tokenOf(role: SystemRole, organization = ORGANIZATION, expiresInSeconds = 900): Promise<string> {
    const user = { userId: USER_ID, organization, roles: [role], permissions: SYSTEM_ROLES[role] };
    return (await this.identity('auth')).signUser(user, expiresInSeconds);
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.fetch('GET', path, undefined, headers);
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.fetch('POST', path, body, headers);
  }

  /** A string or bytes are sent as they are, anything else as JSON. */
  async fetch(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(`${this.gateway.url}${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: raw ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') && text !== '';
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} };
  }

  /** Ends the NATS server; start it again with {@link restoreNats}. */
  async stopNats(): Promise<void> {
    await this.nats.stop();
  }

  async restoreNats(): Promise<void> {
    this.nats = await startNats(this.secrets, Number(new URL(this.nats.url).port));
  }

  async stop(): Promise<void> {
    for (const gateway of [...this.gateways, this.gateway]) await gateway.stop();
    for (const bus of this.buses) await bus.close();
    for (const child of this.children) await end(child);
    await this.nats.stop();
    await this.database?.drop();
  }
}

export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

function startNats(secrets: InstallationSecrets, port = 0): ReturnType<typeof startTestNats> {
  const users = natsUsers().map((user) => ({ ...user, password: secrets.natsPasswords[user.user as ServiceName] }));
  return startTestNats({ users, port });
}

function configOf(secrets: InstallationSecrets, natsUrl: string, more: Record<string, string>): GatewayConfig {
  return gatewayConfig.load({
    ...secretsEnvironment(secrets, 'gateway'),
    NATS_URL: natsUrl,
    GATEWAY_PORT: '0',
    PORT: '0',
    LOG_LEVEL: 'silent',
    ...more,
  });
}

const built = new Set<string>();

function buildService(service: string): void {
  if (built.has(service) || process.env['TEST_PREBUILT']) return;
  const compiler = 'node_modules/typescript7/bin/tsc';
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-b', `apps/${service}`], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) console.warn(`The build of ${service} found errors:\n${stdout}`);
  built.add(service);
}
