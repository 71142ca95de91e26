import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  checkCredentialKeys,
  checkIntegrationHealth,
  createIntegration,
  getIntegration,
  SYSTEM_ROLES,
  type CreateIntegrationRequest,
  type HealthCheckResult,
  type IntegrationView,
  type Permission,
  type ServiceName,
} from '@rpa/contracts';
import { connectBus, encodeBody, type Bus } from '@rpa/messaging';
import { Identity, makeSecrets, secretsEnvironment, type OrganizationRef, type RunningService } from '@rpa/platform';
import { createTestDatabase, testNats, type TestDatabase } from '@rpa/testing';
import { integrationsConfig } from '../src/integrations.config.js';
import { start } from '../src/start.js';

/** The running service, an external system that it checks, and the vault with one credential, `shop_api`. */
export class IntegrationsScenario {
  readonly organization = { id: randomUUID(), slug: 'acme' };
  service!: RunningService;
  origin = '';
  /** What the external system was asked, and how it answers. */
  paths: string[] = [];
  respond: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end('ok');
  private readonly secrets = makeSecrets();
  private readonly system: Server;

  private constructor(
    private readonly database: TestDatabase,
    readonly gateway: Bus,
    private readonly vault: Bus,
  ) {
    this.system = createServer((request, response) => {
      this.paths.push(`${request.method} ${request.url}`);
      this.respond(request, response);
    });
    vault.subscribe(checkCredentialKeys.subject, (body, msg) => {
      const { keys } = body as { keys: string[] };
      msg.respond(encodeBody({ missing: keys.filter((key) => key !== 'shop_api') }));
    });
  }

  static async start(): Promise<IntegrationsScenario> {
    const [database, gateway, vault] = await Promise.all([
      createTestDatabase('integrations'),
      connectAs('gateway'),
      connectAs('credentials-vault'),
    ]);
    const scenario = new IntegrationsScenario(database, gateway, vault);
    await new Promise<void>((resolve) => scenario.system.listen(0, '127.0.0.1', resolve));
    scenario.origin = `http://127.0.0.1:${(scenario.system.address() as AddressInfo).port}`;
    scenario.service = await scenario.launch();
    return scenario;
  }

  async close(): Promise<void> {
    await this.service.stop();
    await Promise.all([this.gateway.close(500), this.vault.close(500)]);
    await this.database.drop();
    this.system.closeAllConnections();
    this.system.close();
  }

  launch(): Promise<RunningService> {
    const { url, password } = testNats('integrations');
    return start(
      integrationsConfig.load({
        ...secretsEnvironment(this.secrets, 'integrations'),
        NATS_URL: url,
        NATS_PASSWORD: password,
        DATABASE_URL: this.database.url,
        DATABASE_DURABILITY: 'unchecked',
        INTEGRATIONS_PORT: '0',
        EGRESS_ALLOW: new URL(this.origin).host,
        LOG_LEVEL: 'silent',
      }),
    );
  }

  async user(
    permissions: readonly Permission[] = SYSTEM_ROLES.editor,
    organization: OrganizationRef = this.organization,
  ): Promise<{ principal: string }> {
    const keys = { identityKey: this.secrets.identityKeys.auth, trustedKeys: this.secrets.trustedKeys };
    const auth = await Identity.load({ service: 'auth', ...keys });
    return { principal: await auth.signUser({ userId: randomUUID(), organization, roles: [], permissions }, 600) };
  }

  async create(
    key: string,
    more: Partial<CreateIntegrationRequest> = {},
    of: OrganizationRef = this.organization,
  ): Promise<IntegrationView> {
    const request = { name: `System ${key}`, key, type: 'rest_api' as const, baseUrl: `${this.origin}/api` };
    const as = await this.user(SYSTEM_ROLES.owner, of);
    return this.gateway.request(createIntegration, { ...request, retryDelay: '1ms', ...more }, as);
  }

  async check({ id }: { id: string }): Promise<HealthCheckResult> {
    return this.gateway.request(checkIntegrationHealth, { id }, await this.user());
  }

  async read({ id }: { id: string }): Promise<IntegrationView> {
    return this.gateway.request(getIntegration, { id }, await this.user());
  }
}

function connectAs(service: ServiceName): Promise<Bus> {
  const { url, user, password } = testNats(service);
  return connectBus({ service, servers: [url], user, password });
}
