import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@rpa/contracts';
import { CONFIG, Database } from '@rpa/platform';
import type { AuthConfig } from '../auth.config.js';
import { networkOf } from './network-of.js';

const WINDOW = '15 minutes';

interface Attempts {
  scope: 'account' | 'address';
  attempts: number;
  retryAfter: number;
}

/**
 * Counts login attempts per account and per address in the database, so that replicas share the count. An attempt counts
 * before its password is looked at (parallel guesses cannot slip through) and is given back when it succeeds. Accounts
 * are named by what was typed, so that unknown ones are throttled alike.
 */
@Injectable()
export class LoginThrottle {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: AuthConfig,
  ) {}

  /** @throws `rate_limited` with the seconds until the window ends */
  async take(email: string, address: string): Promise<void> {
    const { rows } = await this.database.pool.query<Attempts>(
      `INSERT INTO auth.login_attempts AS known (scope, subject, attempts, window_ends_at)
       VALUES ('account', $1, 1, now() + interval '${WINDOW}'), ('address', $2, 1, now() + interval '${WINDOW}')
       ON CONFLICT (scope, subject) DO UPDATE SET
         attempts = CASE WHEN known.window_ends_at > now() THEN known.attempts + 1 ELSE 1 END,
         window_ends_at = CASE WHEN known.window_ends_at > now() THEN known.window_ends_at ELSE excluded.window_ends_at END
       RETURNING scope, attempts, greatest(1, ceil(extract(epoch FROM window_ends_at - now())))::int AS "retryAfter"`,
      [digest(email), digest(networkOf(address))],
    );
    const limits = { account: this.config.loginAttemptsPerAccount, address: this.config.loginAttemptsPerAddress };
    const exceeded = rows.filter((row) => row.attempts > limits[row.scope]);
    if (exceeded.length === 0) return;
    const retryAfter = Math.max(...exceeded.map((row) => row.retryAfter));
    throw new AppError('rate_limited', 'Too many failed logins for this account or from this address.', { retryAfter });
  }

  /** An administrator lets an account be tried again; the address stays counted. */
  async unlock(email: string): Promise<void> {
    await this.database.pool.query(`DELETE FROM auth.login_attempts WHERE scope = 'account' AND subject = $1`, [
      digest(email),
    ]);
  }

  async giveBack(email: string, address: string): Promise<void> {
    await this.database.pool.query(
      `WITH account AS (DELETE FROM auth.login_attempts WHERE scope = 'account' AND subject = $1)
       UPDATE auth.login_attempts SET attempts = greatest(attempts - 1, 0) WHERE scope = 'address' AND subject = $2`,
      [digest(email), digest(networkOf(address))],
    );
  }
}

/** Of fixed size, and no list of who tried to log in. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
