import { Injectable } from '@nestjs/common';
import type { CredentialValue } from '@rpa/contracts';
import type { IntegrationEntity } from '@rpa/entities/integrations';
import { Bus } from '@rpa/messaging';
import { Identity } from '@rpa/platform';
import { redeemCredential } from '@rpa/step-kit';

const GRANT_SECONDS = 60;

/** Borrows the credential of an integration for one check of its health. */
@Injectable()
export class RedeemIntegrationCredential {
  constructor(
    private readonly bus: Bus,
    private readonly identity: Identity,
  ) {}

  /** @throws StepFailure `credential_refused`, `credential_unavailable` */
  async execute({ id, organizationId, credentialKey }: IntegrationEntity): Promise<CredentialValue | null> {
    if (credentialKey === null) return null;
    const claims = { organizationId, credentialKey, executionId: id, path: 'health-check', attempt: 1 };
    const grant = await this.identity.sign(claims, { audience: 'credentials-vault', expiresInSeconds: GRANT_SECONDS });
    return redeemCredential({ bus: this.bus, identity: this.identity }, organizationId, grant, null);
  }
}
