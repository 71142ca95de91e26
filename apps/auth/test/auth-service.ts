import { connectBus, type Bus, type ClientRef } from '@rpa/messaging';
import { askForSigningKeys, Identity, makeSecrets, secretsEnvironment, type RunningService } from '@rpa/platform';
import { createTestDatabase, startTestNats, type TestDatabase } from '@rpa/testing';
import {
  acceptInvitation,
  inviteUser,
  natsUsers,
  openSession,
  registerUser,
  type LoginReply,
  type RegisterUserRequest,
  type ServiceName,
  type SessionView,
} from '@rpa/contracts';
import { authConfig, start } from '@rpa/auth';

export const PASSWORD = 'correct horse battery staple';
export const CLIENT: ClientRef = { address: '192.0.2.1', userAgent: 'test' };

let people = 0;

/** A person that nobody has registered yet. */
export function newPerson(more: Partial<RegisterUserRequest> = {}): RegisterUserRequest {
  const number = ++people;
  return {
    email: `person${number}@example.com`,
    password: PASSWORD,
    firstName: 'Ada',
    lastName: 'Lovelace',
    organizationName: `Engines ${number}`,
    ...more,
  };
}

/** The real auth service on a database and a NATS server of its own, and the gateway's connection to speak to it. */
export class AuthService {
  private constructor(
    private readonly servers: { database: TestDatabase; nats: Awaited<ReturnType<typeof startTestNats>> },
    readonly gateway: Bus,
    /** Proves what auth signs, as the gateway would. */
    readonly identity: Identity,
    private readonly environment: Record<string, string>,
    private running: RunningService,
    private readonly secrets: ReturnType<typeof makeSecrets>,
  ) {}

  static async start(more: Record<string, string> = {}): Promise<AuthService> {
    const secrets = makeSecrets();
    const users = natsUsers().map((user) => ({ ...user, password: secrets.natsPasswords[user.user as 'auth'] }));
    const [database, nats] = await Promise.all([createTestDatabase('auth'), startTestNats({ users })]);
    const environment = {
      ...secretsEnvironment(secrets, 'auth'),
      NATS_URL: nats.url,
      DATABASE_URL: database.url,
      DATABASE_DURABILITY: 'unchecked',
      AUTH_PORT: '0',
      LOG_LEVEL: 'silent',
      ...more,
    };
    const [running, gateway, identity] = await Promise.all([
      start(authConfig.load(environment)),
      connectBus({
        service: 'gateway',
        servers: [nats.url],
        user: 'gateway',
        password: secrets.natsPasswords.gateway,
      }),
      loadIdentity(secrets, 'gateway'),
    ]);
    askForSigningKeys(identity, gateway);
    return new AuthService({ database, nats }, gateway, identity, environment, running, secrets);
  }

  get app(): RunningService['app'] {
    return this.running.app;
  }

  /** Of the superuser. */
  get databaseUrl(): string {
    return this.servers.database.url;
  }

  /** Another service on the same NATS server, and the token by which it speaks for no organization. */
  async actAs(service: ServiceName): Promise<{ bus: Bus; principal: string }> {
    const environment = secretsEnvironment(this.secrets, service);
    const [bus, identity] = await Promise.all([
      connectBus({
        service,
        servers: [this.servers.nats.url],
        user: service,
        password: this.secrets.natsPasswords[service],
      }),
      Identity.load({
        service,
        identityKey: environment['IDENTITY_KEY'] ?? '',
        trustedKeys: environment['TRUSTED_KEYS'] ?? '',
      }),
    ]);
    return { bus, principal: await identity.serviceToken() };
  }

  /** Another reader of tokens, that remembers nothing yet. */
  async newReader(): Promise<Identity> {
    const reader = await loadIdentity(this.secrets, 'gateway');
    askForSigningKeys(reader, this.gateway);
    return reader;
  }

  register(more: Partial<RegisterUserRequest> = {}, client = CLIENT): Promise<SessionView> {
    return this.gateway.request(registerUser, newPerson(more), { client });
  }

  login(email: string, password = PASSWORD, client = CLIENT): Promise<LoginReply> {
    return this.gateway.request(openSession, { email, password }, { client });
  }

  /** Logs in where nothing more is asked for. */
  async signIn(email: string, password = PASSWORD, client = CLIENT): Promise<SessionView> {
    const { session, challenge } = await this.login(email, password, client);
    if (!session) throw new Error(`The login asks for ${challenge?.challenge}.`);
    return session;
  }

  /** Invites a person into an organization and accepts in their name. */
  async join(
    inviter: SessionView,
    roles: string[],
    names: { firstName: string; lastName: string } = { firstName: 'Ada', lastName: 'Lovelace' },
  ): Promise<SessionView> {
    const { email } = newPerson();
    const { token } = await this.gateway.request(inviteUser, { email, roles }, { principal: inviter.accessToken });
    return this.gateway.request(acceptInvitation, { token, password: PASSWORD, ...names }, { client: CLIENT });
  }

  async restart(): Promise<void> {
    await this.running.stop();
    this.running = await start(authConfig.load(this.environment));
  }

  async stop(): Promise<void> {
    await this.running.stop();
    await this.gateway.close();
    await this.servers.nats.stop();
    await this.servers.database.drop();
  }
}

function loadIdentity(secrets: ReturnType<typeof makeSecrets>, service: ServiceName): Promise<Identity> {
  const environment = secretsEnvironment(secrets, service);
  return Identity.load({
    service,
    identityKey: environment['IDENTITY_KEY'] ?? '',
    trustedKeys: environment['TRUSTED_KEYS'] ?? '',
  });
}
