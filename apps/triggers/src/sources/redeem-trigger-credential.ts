import { Injectable } from '@nestjs/common';
import { AppError, type CredentialGrant, type CredentialValue } from '@rpa/contracts';
import { Bus } from '@rpa/messaging';
import { Identity } from '@rpa/platform';
import { redeemCredential, StepFailure } from '@rpa/step-kit';

const GRANT_SECONDS = 60;

/** Fetches a credential for a trigger, by a grant that this service signs; the vault writes down who had it for what. */
@Injectable()
export class RedeemTriggerCredential {
  private readonly door;

  constructor(
    bus: Bus,
    private readonly identity: Identity,
  ) {
    this.door = { bus, identity };
  }

  /** Throws `credential_refused` when it is gone, `unavailable` when the vault does not answer. */
  async execute(trigger: { id: string; organizationId: string }, credentialKey: string): Promise<CredentialValue> {
    const { id, organizationId } = trigger;
    const claims: CredentialGrant = { organizationId, credentialKey, executionId: id, path: 'trigger', attempt: 1 };
    const grant = await this.identity.sign(
      { ...claims },
      { audience: 'credentials-vault', expiresInSeconds: GRANT_SECONDS },
    );
    try {
      return await redeemCredential(this.door, organizationId, grant, null);
    } catch (error) {
      const refused = error instanceof StepFailure && error.code === 'credential_refused';
      throw new AppError(
        refused ? 'credential_refused' : 'unavailable',
        refused
          ? `The credential '${credentialKey}' was refused: ${error.message}`
          : 'The credentials vault does not answer.',
        { cause: error },
      );
    }
  }
}
