import { randomUUID } from 'node:crypto';
import {
  createCredential,
  SYSTEM_ROLES,
  type AuditEntry,
  type CredentialGrant,
  type CredentialType,
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
  private readonly others: Bus[] = [];
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

  /** Another service on the bus, until the end. */
  async connectAs(service: ServiceName): Promise<Bus> {
    const bus = await connectAs(service);
    this.others.push(bus);
    return bus;
  }

  async close(): Promise<void> {
    await this.sql.end();
    await this.vault.stop();
    await Promise.all([this.gateway, this.worker, this.workflows, ...this.others].map((bus) => bus.close(500)));
    await this.database.drop();
  }

  launch(key: string = this.secrets.vaultKey, more: Record<string, string> = {}): Promise<RunningService> {
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
        EGRESS_ALLOW: '127.0.0.1',
        LOG_LEVEL: 'silent',
        ...more,
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
    who: { userId?: string; roles?: string[] } = {},
  ): Promise<{ principal: string }> {
    const auth = await this.identityOf('auth');
    const { userId = randomUUID(), roles = ['editor'] } = who;
    const user = { userId, organization, roles, permissions };
    return { principal: await auth.signUser(user, 600) };
  }

  async create(key: string, more: { type?: CredentialType; data?: JsonObject } = {}): Promise<CredentialView> {
    const request = { name: 'Shop', key, type: more.type ?? ('api_key' as const), data: more.data ?? { key: SECRET } };
    return this.gateway.request(createCredential, request, await this.user());
  }

  /** What the vault has told the audit log about an action; nobody fetches it here. */
  async audited(action: string, credentialId?: string): Promise<AuditEntry[]> {
    const { rows } = await this.sql.query<{ entry: AuditEntry }>(
      `SELECT entry FROM credentials_vault.audit_outbox
        WHERE entry->>'action' = $1 AND ($2::text IS NULL OR entry->'resource'->>'id' = $2) ORDER BY seq`,
      [action, credentialId ?? null],
    );
    return rows.map((row) => row.entry);
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
