import { randomUUID } from 'node:crypto';
import { eventSubject, type CommandDefinition, type EventDefinition, type Permission } from '@rpa/contracts';
import { connectBus, type Bus, type RequestOptions, type Subscription } from '@rpa/messaging';
import { Identity, secretsEnvironment, type RunningService } from '@rpa/platform';
import { testNats } from '@rpa/testing';
import { executionsConfig } from '../../src/executions.config.js';
import { start } from '../../src/start.js';
import { natsUrl } from './nats.js';
import { SECRETS } from './secrets.js';

export interface ReplicaOptions {
  databaseUrl: string;
  env?: Record<string, string>;
}

/** The real service, in this process. */
export function startReplica(options: ReplicaOptions): Promise<RunningService> {
  return start(executionsConfig.load(replicaEnvironment(options)));
}

export function replicaEnvironment({ databaseUrl, env }: ReplicaOptions): Record<string, string> {
  const access = testNats('executions');
  return {
    ...secretsEnvironment(SECRETS, 'executions'),
    NATS_URL: natsUrl(),
    NATS_USER: access.user,
    NATS_PASSWORD: access.password,
    DATABASE_URL: databaseUrl,
    DATABASE_DURABILITY: 'unchecked',
    EXECUTIONS_PORT: '0',
    LOG_LEVEL: process.env['TEST_LOG'] ?? 'error',
    ...env,
  };
}

export const PERMISSIONS: Permission[] = ['workflows:execute', 'executions:read', 'executions:cancel'];

/** A person behind the gateway, or a service, of one organization. */
export class Client {
  private constructor(
    readonly organizationId: string,
    private readonly bus: Bus,
    private readonly principal: string | null,
  ) {}

  static async person(
    organizationId: string = randomUUID(),
    permissions = PERMISSIONS,
    roles: string[] = [],
  ): Promise<Client> {
    const auth = await identityOf('auth');
    const user = { userId: randomUUID(), organization: { id: organizationId, slug: 'acme' }, roles, permissions };
    return new Client(organizationId, await busOf('gateway'), await auth.signUser(user, 3_600));
  }

  /** Somebody without an account. */
  static async nobody(): Promise<Client> {
    return new Client('', await busOf('gateway'), null);
  }

  static async triggers(organizationId: string): Promise<Client> {
    const identity = await identityOf('triggers');
    const principal = await identity.serviceToken({ id: organizationId });
    return new Client(organizationId, await busOf('triggers'), principal);
  }

  send<Request extends object, Reply extends object>(
    command: CommandDefinition<Request, Reply>,
    body: NoInfer<Request>,
    options: RequestOptions = {},
  ): Promise<Reply> {
    return this.bus.request(command, body, {
      ...(this.principal !== null && { principal: this.principal }),
      ...options,
    });
  }

  hear(event: EventDefinition, handler: (payload: unknown) => void): Subscription {
    return this.bus.subscribe(eventSubject(event, this.organizationId), handler);
  }

  close(): Promise<void> {
    return this.bus.close(100);
  }
}

function identityOf(service: 'auth' | 'triggers'): Promise<Identity> {
  return Identity.load({ service, identityKey: SECRETS.identityKeys[service], trustedKeys: SECRETS.trustedKeys });
}

function busOf(service: 'gateway' | 'triggers'): Promise<Bus> {
  return connectBus({ service, servers: [natsUrl()], user: service, password: testNats(service).password });
}
