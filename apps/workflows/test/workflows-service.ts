import {
  announceStepTypes,
  checkCredentialKeys,
  natsUsers,
  SYSTEM_ROLES,
  type Permission,
  type ServiceName,
  type StepTypeDescriptor,
} from '@rpa/contracts';
import { connectBus, type Bus } from '@rpa/messaging';
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
import { createTestDatabase, startTestNats, type TestDatabase } from '@rpa/testing';
import { start, workflowsConfig } from '@rpa/workflows';
import { v7 as uuidv7 } from 'uuid';

export const HTTP_REQUEST: StepTypeDescriptor = {
  type: 'http_request',
  version: 3,
  title: 'HTTP request',
  summary: 'Calls an HTTP API',
  category: 'network',
  configSchema: { type: 'object', properties: { url: { type: 'string' } }, required: ['url'] },
  outputSchema: {},
  sideEffect: { default: 'keyed' },
  timeout: '30s',
  errors: [],
  examples: [],
  credentialTypes: ['bearer'],
  pool: 'default',
};

export const LOG_STEP = { id: 'hello', type: 'log', config: { message: 'Hello' } };
export const SIMPLE = { format: 1, steps: [LOG_STEP] };

/** Somebody of an organization of their own, by their access token. */
export interface Person {
  organizationId: string;
  userId: string;
  token: string;
}

/** The real service on servers of its own, with the peers that speak to it. */
export class WorkflowsService {
  private readonly buses = new Map<ServiceName, Bus>();
  private readonly identities = new Map<ServiceName, Identity>();
  /** Credential keys that the vault's peer knows. */
  readonly credentials = new Set<string>();
  private running: RunningService | null = null;

  private constructor(
    private readonly servers: { database: TestDatabase; nats: Awaited<ReturnType<typeof startTestNats>> },
    private readonly secrets: InstallationSecrets,
    private readonly environment: Record<string, string>,
  ) {}

  static async start(more: Record<string, string> = {}): Promise<WorkflowsService> {
    const secrets = makeSecrets();
    const users = natsUsers().map((user) => ({ ...user, password: secrets.natsPasswords[user.user as ServiceName] }));
    const [database, nats] = await Promise.all([createTestDatabase('workflows'), startTestNats({ users })]);
    const service = new WorkflowsService({ database, nats }, secrets, {
      ...secretsEnvironment(secrets, 'workflows'),
      NATS_URL: nats.url,
      DATABASE_URL: database.url,
      DATABASE_DURABILITY: 'unchecked',
      WORKFLOWS_PORT: '0',
      LOG_LEVEL: 'silent',
      ...more,
    });
    await service.restart();
    return service;
  }

  get service(): RunningService {
    if (!this.running) throw new Error('The service does not run.');
    return this.running;
  }

  async restart(): Promise<void> {
    await this.running?.stop();
    this.running = await start(workflowsConfig.load(this.environment));
  }

  async bus(service: ServiceName): Promise<Bus> {
    const known = this.buses.get(service);
    if (known) return known;
    const password = this.secrets.natsPasswords[service];
    const bus = await connectBus({ service, servers: [this.servers.nats.url], user: service, password });
    this.buses.set(service, bus);
    return bus;
  }

  async identity(service: ServiceName): Promise<Identity> {
    const known = this.identities.get(service);
    if (known) return known;
    const own = secretsEnvironment(this.secrets, service);
    const identity = await Identity.load({
      service,
      identityKey: own['IDENTITY_KEY'] ?? '',
      trustedKeys: own['TRUSTED_KEYS'] ?? '',
    });
    this.identities.set(service, identity);
    return identity;
  }

  async person(permissions: Iterable<Permission> = SYSTEM_ROLES.editor, organizationId = uuidv7()): Promise<Person> {
    const userId = uuidv7();
    const auth = await this.identity('auth');
    const organization = { id: organizationId, slug: 'acme' };
    return {
      organizationId,
      userId,
      token: await auth.signUser({ userId, organization, roles: [], permissions }, 900),
    };
  }

  /** Answers `checkCredentialKeys` like the vault, over the same wire and door. */
  async startVault(): Promise<void> {
    const bus = await this.bus('credentials-vault');
    const logger = createLogger({ service: 'vault-peer', level: 'silent', format: 'json' });
    const door = new ServiceDoor(await this.identity('credentials-vault'), logger, new Metrics('vault-peer'), null);
    bus.responder.handle(checkCredentialKeys, door, (request) => ({
      missing: (request as { keys: string[] }).keys.filter((key) => !this.credentials.has(key)),
    }));
    await bus.connection.flush();
  }

  async announce(source: 'worker' | 'ai', types: StepTypeDescriptor[], name: string = source): Promise<void> {
    const principal = await (await this.identity(source)).serviceToken();
    await (await this.bus(source)).request(announceStepTypes, { source: name, types }, { principal });
  }

  async stop(): Promise<void> {
    await this.running?.stop();
    await Promise.all([...this.buses.values()].map((bus) => bus.close()));
    await this.servers.nats.stop();
    await this.servers.database.drop();
  }
}
