import { Injectable } from '@nestjs/common';
import {
  findCredentialUsers,
  findIntegrationsByCredential,
  type CredentialUsageReply,
  type Principal,
} from '@rpa/contracts';
import { Bus } from '@rpa/messaging';
import { Database, Identity, organizationOf } from '@rpa/platform';
import { CredentialsRepository } from './credentials.repository.js';
import { assertShared } from './sharing.js';

const DAYS = 30;

/** Who would miss a credential: its key stands in workflows and integrations, and its uses are counted here. */
@Injectable()
export class ReadUsage {
  constructor(
    private readonly credentials: CredentialsRepository,
    private readonly database: Database,
    private readonly bus: Bus,
    private readonly identity: Identity,
  ) {}

  async execute(principal: Principal | null, id: string): Promise<CredentialUsageReply> {
    const organizationId = organizationOf(principal);
    const credential = await this.credentials.get(organizationId, id);
    assertShared(credential, principal);
    const { key } = credential;
    const asVault = { principal: await this.identity.serviceToken({ id: organizationId }) };
    const [workflows, integrations, used] = await Promise.all([
      this.bus.request(findCredentialUsers, { key }, asVault),
      this.bus.request(findIntegrationsByCredential, { key }, asVault),
      this.countUses(organizationId, id),
    ]);
    return { workflows: workflows.data, integrations: integrations.data, ...used };
  }

  private async countUses(
    organizationId: string,
    id: string,
  ): Promise<Pick<CredentialUsageReply, 'lastUsedAt' | 'uses'>> {
    const { rows } = await this.database.pool.query<{ last: Date | null; uses: number }>(
      `SELECT (SELECT at FROM credentials_vault.credential_uses
                WHERE organization_id = $1 AND credential_id = $2 ORDER BY id DESC LIMIT 1) AS last,
              (SELECT count(*)::int FROM credentials_vault.credential_uses
                WHERE organization_id = $1 AND credential_id = $2 AND at > now() - make_interval(days => ${DAYS})) AS uses`,
      [organizationId, id],
    );
    return { lastUsedAt: rows[0]?.last?.toISOString() ?? null, uses: rows[0]?.uses ?? 0 };
  }
}
