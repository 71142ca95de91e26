import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError } from '@rpa/contracts';
import { Database } from '@rpa/platform';

export interface AttemptRule {
  scope: 'mfa' | 'reset';
  attempts: number;
  windowSeconds: number;
  /** What the refusal says. */
  refusal: string;
}

/** Five guesses at a second factor in five minutes: 1 in 66,000 for an hour of guessing. */
export const MFA_ATTEMPTS: AttemptRule = {
  scope: 'mfa',
  attempts: 5,
  windowSeconds: 300,
  refusal: 'Too many wrong codes for this account.',
};
export const RESET_REQUESTS: AttemptRule = {
  scope: 'reset',
  attempts: 5,
  windowSeconds: 3_600,
  refusal: 'Too many reset links were asked for.',
};

/** Behind one address may be a whole office. */
export const RESET_REQUESTS_OF_ADDRESS: AttemptRule = { ...RESET_REQUESTS, attempts: 50 };

/** Counts attempts in the database, so that replicas share the count; an attempt counts before it is looked at. */
@Injectable()
export class AttemptLimit {
  constructor(private readonly database: Database) {}

  /** @throws `rate_limited` with the seconds until the window ends */
  async take(rule: AttemptRule, subject: string): Promise<void> {
    const { rows } = await this.database.pool.query<{ attempts: number; retryAfter: number }>(
      `INSERT INTO auth.login_attempts AS known (scope, subject, attempts, window_ends_at)
       VALUES ($1, $2, 1, now() + make_interval(secs => $3))
       ON CONFLICT (scope, subject) DO UPDATE SET
         attempts = CASE WHEN known.window_ends_at > now() THEN known.attempts + 1 ELSE 1 END,
         window_ends_at = CASE WHEN known.window_ends_at > now() THEN known.window_ends_at ELSE excluded.window_ends_at END
       RETURNING attempts, greatest(1, ceil(extract(epoch FROM window_ends_at - now())))::int AS "retryAfter"`,
      [rule.scope, digest(subject), rule.windowSeconds],
    );
    const [row] = rows;
    if (row && row.attempts > rule.attempts)
      throw new AppError('rate_limited', rule.refusal, { retryAfter: row.retryAfter });
  }

  async forget(rule: AttemptRule, subject: string): Promise<void> {
    await this.database.pool.query('DELETE FROM auth.login_attempts WHERE scope = $1 AND subject = $2', [
      rule.scope,
      digest(subject),
    ]);
  }
}

function digest(subject: string): Buffer {
  return createHash('sha256').update(subject).digest();
}
