import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@rpa/platform';
import type { AuthConfig } from '../auth.config.js';
import { hashOf, newSecretToken } from '../sessions/refresh-token.js';
import { PasswordsRepository } from './passwords.repository.js';

const MINUTES = 60;

export interface ResetLink {
  token: string;
  link: string;
  expiresAt: string;
}

/** Makes links by which a password is set anew; the link before is good no more. */
@Injectable()
export class ResetLinks {
  constructor(
    private readonly rows: PasswordsRepository,
    @Inject(CONFIG) private readonly config: AuthConfig,
  ) {}

  async make(organizationId: string, userId: string): Promise<ResetLink> {
    const token = newSecretToken();
    const expiresAt = await this.rows.addReset(organizationId, userId, hashOf(token), MINUTES);
    // Behind the #, so that no server or proxy ever logs it.
    return {
      token,
      link: `${this.config.publicUrl}/reset-password#token=${token}`,
      expiresAt: expiresAt.toISOString(),
    };
  }
}
