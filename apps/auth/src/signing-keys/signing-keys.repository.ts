import { Injectable } from '@nestjs/common';
import { Transactions } from '@rpa/platform';

export interface SigningKeyRow {
  kid: string;
  publicKey: object;
  /** Sealed. */
  privateKey: Buffer;
  createdAt: Date;
  retiredAt: Date | null;
  /** Of the database's clock, which all replicas share. */
  ageSeconds: number;
  retiredForSeconds: number | null;
}

const SELECT = `
  SELECT kid, public_key AS "publicKey", private_key AS "privateKey", created_at AS "createdAt",
         retired_at AS "retiredAt", extract(epoch FROM now() - created_at)::float8 AS "ageSeconds",
         extract(epoch FROM now() - retired_at)::float8 AS "retiredForSeconds"
    FROM auth.signing_keys`;

/** The installation's signing keys: they belong to no organization. */
@Injectable()
export class SigningKeysRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Newest first. */
  list(): Promise<SigningKeyRow[]> {
    return this.transactions.manager.query<SigningKeyRow[]>(`${SELECT} ORDER BY created_at DESC LIMIT 50`);
  }

  /** Replicas that find the same key due rotate once; call it in a transaction. */
  async lock(): Promise<void> {
    await this.transactions.manager.query("SELECT pg_advisory_xact_lock(hashtext('rpa signing keys'))");
  }

  async retireActive(): Promise<void> {
    await this.transactions.manager.query('UPDATE auth.signing_keys SET retired_at = now() WHERE retired_at IS NULL');
  }

  async add(kid: string, publicKey: object, privateKey: Buffer): Promise<void> {
    await this.transactions.manager.query(
      'INSERT INTO auth.signing_keys (kid, public_key, private_key) VALUES ($1, $2, $3)',
      [kid, JSON.stringify(publicKey), privateKey],
    );
  }

  async forgetRetired(seconds: number): Promise<void> {
    await this.transactions.manager.query(
      'DELETE FROM auth.signing_keys WHERE retired_at < now() - make_interval(secs => $1)',
      [seconds],
    );
  }
}
