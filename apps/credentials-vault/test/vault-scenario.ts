import { randomUUID } from 'node:crypto';
import {
  createCredential,
  SYSTEM_ROLES,
  type CredentialGrant,
  type CredentialValue,
  type CredentialView,
  type JsonObject,
  type Permission,
  type ServiceName,
} from '@rpa/contracts';
import { connectBus, type Bus } from '@rpa/messaging';
import { Identity, makeSecrets, secretsEnvironment, type OrganizationRef, type RunningService } from '@rpa/platform';
import { redeemCredential } from '@rpa/step-kit';
import { createTestDatabase, testNats, type TestDatabase } from '@rpa/testing';
import pg from 'pg';
import { credentialsVaultConfig } from '../src/credentials-vault.config.js';
import { start } from '../src/start.js';

export const SECRET = 'k-8f3a9c-very-secret';

/** A running vault on a database of its own, and everybody who talks to it. */
export class VaultScenario {
  readonly secrets = makeSecrets();
  readonly organization = { id: randomUUID(), slug: 'acme' };
  readonly stranger = { id: randomUUID(), slug: 'other' };
  vault!: RunningService;
  private readonly identities = new Map<ServiceName, Identity>();

  private constructor(
    private readonly database: TestDatabase,
    readonly sql: pg.Client,
    readonly gateway: Bus,
    readonly worker: Bus,
    readonly workflows: Bus,
  ) {}

  static async start(): Promise<VaultScenario> {
    const database = await createTestDatabase('vault');
    const sql = new pg.Client({ connectionString: database.url });
    const [gateway, worker, workflows] = await Promise.all([
      connectAs('gateway'),
      connectAs('worker'),
      connectAs('workflows'),
      sql.connect(),
    ]);
    const scenario = new VaultScenario(database, sql, gateway, worker, workflows);
    scenario.vault = await scenario.launch();
    return scenario;
  }

  async close(): Promise<void> {
    await this.sql.end();
    await this.vault.stop();
    await Promise.all([this.gateway, this.worker, this.workflows].map((bus) => bus.close(500)));
    await this.database.drop();
  }

  launch(key: string = this.secrets.vaultKey): Promise<RunningService> {
    const { url, password } = testNats('credentials-vault');
    return start(
      credentialsVaultConfig.load({
        ...secretsEnvironment(this.secrets, 'credentials-vault'),
        NATS_URL: url,
        NATS_PASSWORD: password,
        DATABASE_URL: this.database.url,
        DATABASE_DURABILITY: 'unchecked',
        CREDENTIALS_VAULT_PORT: '0',
        CREDENTIALS_VAULT_KEY: key,
        LOG_LEVEL: 'silent',
      }),
    );
  }

  async identityOf(service: ServiceName): Promise<Identity> {
    const { identityKeys, trustedKeys } = this.secrets;
    const identity =
      this.identities.get(service) ??
      (await Identity.load({ service, identityKey: identityKeys[service], trustedKeys }));
    this.identities.set(service, identity);
    return identity;
  }

  async user(
    permissions: readonly Permission[] = SYSTEM_ROLES.editor,
    organization: OrganizationRef = this.organization,
  ): Promise<{ principal: string }> {
    const auth = await this.identityOf('auth');
    const who = { userId: randomUUID(), organization, roles: ['editor'], permissions };
    return { principal: await auth.signUser(who, 600) };
  }

  async create(key: string, more: { type?: 'api_key' | 'custom'; data?: JsonObject } = {}): Promise<CredentialView> {
    const request = { name: 'Shop', key, type: more.type ?? ('api_key' as const), data: more.data ?? { key: SECRET } };
    return this.gateway.request(createCredential, request, await this.user());
  }

  /** A grant as executions signs it, or somebody else. */
  async grantFor(
    credentialKey: string,
    more: Partial<CredentialGrant> = {},
    signer: ServiceName = 'executions',
  ): Promise<string> {
    const identity = await this.identityOf(signer);
    const organizationId = this.organization.id;
    const claims = { organizationId, credentialKey, executionId: randomUUID(), path: 'fetch', attempt: 1, ...more };
    return identity.sign(claims, { audience: 'credentials-vault', expiresInSeconds: 60 });
  }

  async redeem(grant: string, as: OrganizationRef = this.organization): Promise<CredentialValue> {
    return redeemCredential({ bus: this.worker, identity: await this.identityOf('worker') }, as.id, grant, null);
  }
}

function connectAs(service: ServiceName): Promise<Bus> {
  const { url, user, password } = testNats(service);
  return connectBus({ service, servers: [url], user, password });
}
