import { createHash, createHmac } from 'node:crypto';
import { AppError, type CommandDefinition } from '@rpa/contracts';
import type { MessageContext } from '@rpa/messaging';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Database } from '../database/database.js';
import type { Transactions } from '../database/transactions.js';

const NOBODY = '00000000-0000-0000-0000-000000000000';
const KEEP = '24 hours';
const BITE = 5_000;

/** Creates the table in a service's schema; list it among the service's migrations. */
export function idempotencyMigration(schema: string): new () => MigrationInterface {
  return class IdempotencyKeys1700000000000 implements MigrationInterface {
    name = 'IdempotencyKeys1700000000000';

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(`
        CREATE TABLE ${schema}.idempotency_keys (
          organization_id uuid NOT NULL,
          key text NOT NULL,
          operation text NOT NULL,
          fingerprint text NOT NULL,
          reply json NOT NULL,
          created_at timestamptz NOT NULL DEFAULT now(),
          PRIMARY KEY (organization_id, key)
        )`);
      await runner.query(`CREATE INDEX idempotency_keys_age ON ${schema}.idempotency_keys (created_at)`);
    }

    async down(runner: QueryRunner): Promise<void> {
      await runner.query(`DROP TABLE ${schema}.idempotency_keys`);
    }
  };
}

/**
 * `Idempotency-Key`: the first answer is kept for 24 h in the service that owns the row, in the same transaction as the
 * row. Same key and body: that answer again; another body: `idempotency_mismatch`; first still running:
 * `idempotency_running`.
 */
export class Idempotency {
  constructor(
    private readonly database: Database,
    private readonly transactions: Transactions,
    /** Keys the fingerprints: a request may hold a secret that its plain hash would let somebody guess. */
    private readonly secret: string,
  ) {}

  async once<Reply extends object>(
    command: CommandDefinition,
    context: MessageContext,
    request: object,
    handler: () => Promise<Reply>,
  ): Promise<Reply> {
    const key = context.idempotencyKey ?? '';
    if (key.length > 255) throw new AppError('validation_failed', 'The Idempotency-Key is longer than 255 characters.');
    const organizationId = context.principal?.organizationId ?? NOBODY;
    const fingerprint = createHmac('sha256', this.secret)
      .update(fingerprintOf(command.subject, request))
      .digest('base64url');
    const table = `${this.database.schema}.idempotency_keys`;
    return this.transactions.run(async (manager) => {
      const [lock] = await manager.query<{ taken: boolean }[]>(
        'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS taken',
        [`idempotency ${this.database.schema} ${organizationId} ${key}`],
      );
      if (!lock?.taken) throw new AppError('idempotency_running');
      const [known] = await manager.query<{ fingerprint: string; reply: Reply; fresh: boolean }[]>(
        `SELECT fingerprint, reply, created_at > now() - interval '${KEEP}' AS fresh
           FROM ${table} WHERE organization_id = $1 AND key = $2`,
        [organizationId, key],
      );
      if (known?.fresh) {
        if (known.fingerprint !== fingerprint) throw new AppError('idempotency_mismatch');
        return known.reply;
      }
      const reply = await handler();
      await manager.query(
        `INSERT INTO ${table} (organization_id, key, operation, fingerprint, reply) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (organization_id, key) DO UPDATE
           SET operation = excluded.operation, fingerprint = excluded.fingerprint, reply = excluded.reply, created_at = now()`,
        [organizationId, key, command.subject, fingerprint, JSON.stringify(reply)],
      );
      return reply;
    });
  }

  /** Forgets keys older than a day, in small bites; of every organization, since age alone decides. */
  async forgetOld(): Promise<number> {
    const table = `${this.database.schema}.idempotency_keys`;
    for (let forgotten = 0; ;) {
      const { rowCount } = await this.database.pool.query(
        `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM ${table} WHERE created_at < now() - interval '${KEEP}' LIMIT ${BITE}))`,
      );
      forgotten += rowCount ?? 0;
      if ((rowCount ?? 0) < BITE) return forgotten;
    }
  }
}

/** Same request, same fingerprint. */
export function fingerprintOf(operation: string, request: object): string {
  return createHash('sha256').update(operation).update('\0').update(JSON.stringify(request)).digest('base64url');
}
