import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  AppError,
  createCredential,
  deleteCredential,
  getExecution,
  listExecutions,
  natsUsers,
  redeemGrant,
  resolveVersion,
  startExecution,
  SYSTEM_ROLES,
  updateCredential,
  type CreateCredentialRequest,
  type CredentialGrant,
  type CredentialView,
  type ExecutionStatus,
  type ExecutionSummary,
  type JsonValue,
  type CommandDefinition,
  type CreateEventPublisherReply,
  type Permission,
  type ResolveVersionReply,
  type ServiceName,
  type StartExecutionReply,
  type StartExecutionRequest,
} from '@rpa/contracts';
import { connect } from '@nats-io/transport-node';
import { connectBus, publicKeyOfSeed, type Bus, type CommandHandler } from '@rpa/messaging';
import {
  createLogger,
  Identity,
  makeSecrets,
  Metrics,
  secretsEnvironment,
  ServiceDoor,
  type InstallationSecrets,
  type RunningService,
} from '@rpa/platform';
import { createTestDatabase, startTestNats, waitForOutput, type TestDatabase } from '@rpa/testing';
import { start, triggersConfig } from '@rpa/triggers';
import { v7 as uuidv7 } from 'uuid';
import { seal } from './vault-peer.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const ADMIN_PASSWORD = 'only in this test';
const ADMIN = { user: 'admin', password: ADMIN_PASSWORD, publish: ['>'], subscribe: ['>'] };

export interface Person {
  organizationId: string;
  slug: string;
  token: string;
}
export type EndedRun = ExecutionSummary & { output: JsonValue };
export type Started = StartExecutionRequest & { organizationId: string; executionId: string };

let built: true | undefined;

function build(): true {
  const { status, stdout } = spawnSync(process.execPath, ['node_modules/typescript7/bin/tsc', '-b', 'apps/triggers'], {
    cwd: ROOT,
  });
  if (status !== 0) console.warn(`The build before the test found errors:\n${String(stdout)}`);
  return true;
}

/** The real service on servers of its own, with the peers that it speaks to: executions and workflows on the wire. */
export class TriggersService {
  private readonly buses = new Map<ServiceName, Bus>();
  private readonly running: RunningService[] = [];
  /** Every start that was new, in order. */
  readonly started: Started[] = [];
  /** Starts that were asked for, repeats too. */
  asked = 0;
  /** What the peer of executions answers instead of starting. */
  refuseStarts: (() => AppError) | null = null;
  /** Whether the peer of workflows has versions of them. */
  unpublished = false;
  /** How long the peer of executions takes for an answer. */
  startTakesMs = 0;
  /** What the peer of executions answers beside the id of what it has started. */
  startAnswers: ((request: StartExecutionRequest) => Partial<StartExecutionReply>) | null = null;
  readonly workflows = new Set<string>();
  /** What the peer of executions tells to have ended, in order. */
  readonly ended: EndedRun[] = [];
  historyIsAway = false;
  /** Credentials that the peer of the vault holds, by their id. */
  readonly credentials = new Map<string, CreateCredentialRequest>();

  private constructor(
    private readonly servers: { database: TestDatabase; nats: Awaited<ReturnType<typeof startTestNats>> },
    private readonly secrets: InstallationSecrets,
    private readonly environment: Record<string, string>,
  ) {}

  static async start(more: Record<string, string> = {}): Promise<TriggersService> {
    const secrets = makeSecrets();
    const users = natsUsers().map((user) => ({ ...user, password: secrets.natsPasswords[user.user as ServiceName] }));
    const [database, nats] = await Promise.all([
      createTestDatabase('triggers'),
      startTestNats({ users: [...users, ADMIN], authCallout: { issuer: publicKeyOfSeed(secrets.calloutSeed) } }),
    ]);
    const service = new TriggersService({ database, nats }, secrets, {
      ...secretsEnvironment(secrets, 'triggers'),
      NATS_URL: nats.url,
      DATABASE_URL: database.url,
      DATABASE_DURABILITY: 'unchecked',
      TRIGGERS_PORT: '0',
      LOG_LEVEL: 'silent',
      ...more,
    });
    await service.answerAs('workflows', resolveVersion, (request) => service.resolve(request.workflowId ?? ''));
    await service.startReplica();
    return service;
  }

  get service(): RunningService {
    const last = this.running.at(-1);
    if (!last) throw new Error('The service does not run.');
    return last;
  }

  async startReplica(): Promise<RunningService> {
    const replica = await start(triggersConfig.load(this.environment));
    this.running.push(replica);
    return replica;
  }

  /** A replica as a process of its own, from its build: one that can be killed. */
  async spawnReplica(): Promise<ChildProcess> {
    built ??= build();
    const child = spawn(process.execPath, ['apps/triggers/dist/main.js'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'], ...this.environment, LOG_LEVEL: 'info' },
    });
    await waitForOutput(child, /Service is up/, 30_000);
    return child;
  }

  async stopReplica(replica: RunningService): Promise<void> {
    this.running.splice(this.running.indexOf(replica), 1);
    await replica.stop();
  }

  async stopReplicas(): Promise<void> {
    await Promise.all(this.running.splice(0).map((replica) => replica.stop()));
  }

  /** Executions goes on the wire: starts once per dedupe key, like the real one. */
  async startExecutions(): Promise<void> {
    const known = new Map<string, string>();
    await this.answerAs('executions', startExecution, async (request, { principal }): Promise<StartExecutionReply> => {
      this.asked++;
      if (this.refuseStarts) throw this.refuseStarts();
      if (this.startTakesMs > 0) await new Promise((resolve) => setTimeout(resolve, this.startTakesMs));
      const key = `${principal?.organizationId} ${request.dedupe?.source} ${request.dedupe?.key}`;
      const existing = known.get(key);
      if (existing) return { id: existing, status: 'running', deduplicated: true };
      const executionId = uuidv7();
      known.set(key, executionId);
      this.started.push({ ...request, organizationId: principal?.organizationId ?? '', executionId });
      return { id: executionId, status: 'pending', ...this.startAnswers?.(request) };
    });
  }

  /** Executions also tells what has ended. */
  async startHistory(): Promise<void> {
    await this.answerAs('executions', listExecutions, ({ workflowId, limit = 50, cursor = '0' }) => {
      if (this.historyIsAway) throw new AppError('unavailable');
      const all = this.ended.filter((run) => run.workflowId === workflowId).reverse();
      const from = Number(cursor);
      return {
        data: all.slice(from, from + limit),
        nextCursor: all.length > from + limit ? String(from + limit) : null,
      };
    });
    await this.answerAs('executions', getExecution, ({ id }) => {
      const run = this.ended.find((one) => one.id === id);
      if (!run) throw new AppError('not_found');
      return { ...run, inputs: {}, steps: [] };
    });
  }

  /** A run that has ended just now, or some time ago. */
  endedRun(workflowId: string, status: ExecutionStatus, output: JsonValue, agoMs = 0): EndedRun {
    const at = new Date(Date.now() + agoMs).toISOString();
    return {
      ...{
        id: uuidv7(),
        workflowId,
        workflowName: 'Any',
        workflowVersion: 1,
        status,
        test: false,
        trigger: { type: 'manual' },
      },
      ...{ error: null, parentId: null, rerunOf: null, priority: 5, createdAt: at, startedAt: at, completedAt: at },
      ...{ durationMs: 1, progress: { settled: 1, total: 1 }, traceId: '', output },
    } as EndedRun;
  }

  /** The vault goes on the wire: keeps credentials, and gives them to whom this service's own grants name. */
  async startVault(): Promise<void> {
    const vault = await this.identity('credentials-vault');
    const view = (id: string, request: CreateCredentialRequest): CredentialView => {
      const { name, key, type, data } = request;
      const at = new Date().toISOString();
      return {
        id,
        name,
        key,
        type,
        fields: Object.keys(data),
        version: 1,
        createdAt: at,
        updatedAt: at,
      } as CredentialView;
    };
    await this.answerAs('credentials-vault', createCredential, (request) => {
      const id = uuidv7();
      this.credentials.set(id, request);
      return view(id, request);
    });
    await this.answerAs('credentials-vault', updateCredential, ({ id, data }) => {
      const known = this.credentials.get(id);
      if (!known || !data) throw new AppError('not_found');
      this.credentials.set(id, { ...known, data });
      return view(id, known);
    });
    await this.answerAs('credentials-vault', deleteCredential, ({ id }) => {
      this.credentials.delete(id);
      return {};
    });
    await this.answerAs('credentials-vault', redeemGrant, async ({ grant, publicKey }) => {
      const { signer, claims } = await vault.verify(grant, 'credentials-vault');
      if (signer !== 'triggers') throw new AppError('forbidden');
      const { credentialKey } = claims as unknown as CredentialGrant;
      const found = [...this.credentials.values()].find((one) => one.key === credentialKey);
      if (!found) throw new AppError('credential_refused', `There is no credential '${credentialKey}'.`);
      return { sealed: seal({ type: found.type, data: found.data }, publicKey, grant) };
    });
  }

  async stopExecutions(): Promise<void> {
    await this.buses.get('executions')?.close();
    this.buses.delete('executions');
  }

  async bus(service: ServiceName): Promise<Bus> {
    const known = this.buses.get(service);
    if (known) return known;
    const password = this.secrets.natsPasswords[service];
    const bus = await connectBus({ service, servers: [this.servers.nats.url], user: service, password });
    this.buses.set(service, bus);
    return bus;
  }

  async person(
    slug = 'acme',
    permissions: Iterable<Permission> = SYSTEM_ROLES.editor,
    organizationId = uuidv7(),
  ): Promise<Person> {
    const auth = await this.identity('auth');
    const organization = { id: organizationId, slug };
    return {
      organizationId,
      slug,
      token: await auth.signUser({ userId: uuidv7(), organization, roles: [], permissions }, 900),
    };
  }

  /** A workflow that the peer of workflows knows. */
  workflow(): string {
    const id = uuidv7();
    this.workflows.add(id);
    return id;
  }

  /** Connects like another system would, with nothing but what it was handed. */
  outside(publisher: Pick<CreateEventPublisherReply, 'user' | 'password' | 'inboxPrefix'>) {
    const { user, password: pass, inboxPrefix } = publisher;
    return connect({ servers: this.servers.nats.url, user, pass, inboxPrefix, reconnect: false, timeout: 20_000 });
  }

  /** What is left of the event stream after NATS has lost its disk: nothing. */
  async wipeStream(): Promise<void> {
    const admin = await connect({ servers: this.servers.nats.url, user: 'admin', pass: ADMIN_PASSWORD });
    await admin.request('$JS.API.STREAM.DELETE.EVENTS', '');
    await admin.close();
  }

  async stop(): Promise<void> {
    await this.stopReplicas();
    await Promise.all([...this.buses.values()].map((bus) => bus.close()));
    await this.servers.nats.stop();
    await this.servers.database.drop();
  }

  private async answerAs<Request extends object, Reply extends object>(
    service: ServiceName,
    command: CommandDefinition<Request, Reply>,
    handler: CommandHandler<Request, Reply>,
  ): Promise<void> {
    const bus = await this.bus(service);
    const logger = createLogger({ service, level: 'silent', format: 'json' });
    const door = new ServiceDoor(await this.identity(service), logger, new Metrics(service), null);
    bus.responder.handle(command, door, handler as unknown as CommandHandler);
    await bus.connection.flush();
  }

  private resolve(workflowId: string): ResolveVersionReply {
    if (!this.workflows.has(workflowId)) throw new AppError('not_found');
    if (this.unpublished) throw new AppError('workflow_not_published');
    return { workflowId, workflowKey: 'any', workflowName: 'Any', versionId: workflowId, version: 1, draft: false };
  }

  private identity(service: ServiceName): Promise<Identity> {
    const own = secretsEnvironment(this.secrets, service);
    return Identity.load({ service, identityKey: own['IDENTITY_KEY'] ?? '', trustedKeys: own['TRUSTED_KEYS'] ?? '' });
  }
}
