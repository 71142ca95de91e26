import { Injectable } from '@nestjs/common';
import { Transactions } from '@rpa/platform';
import { DataKeys } from '../encryption/data-keys.js';
import { seal, unseal } from '../encryption/sealed-bytes.js';
import { tokenBinding, valueBinding } from '../encryption/bindings.js';
import { RotationsRepository, type SealedRow, type SealedTable } from './rotations.repository.js';

const BATCH = 500;
const BINDINGS = { credential_versions: valueBinding, oauth_tokens: tokenBinding } as const;

/**
 * Brings everything of an organization under its newest data key, batch by batch, while it is read and written. Each
 * batch is one transaction, so that after a kill it goes on where it was.
 */
@Injectable()
export class ReencryptValues {
  constructor(
    private readonly rotations: RotationsRepository,
    private readonly dataKeys: DataKeys,
    private readonly transactions: Transactions,
  ) {}

  /** @returns whether all of it is done; not, when somebody else works on some rows or `signal` ended it */
  async execute(organizationId: string, toVersion: number, signal: AbortSignal): Promise<boolean> {
    for (const table of ['credential_versions', 'oauth_tokens'] as const)
      while (!signal.aborted && (await this.batch(table, organizationId, toVersion)) > 0);
    return this.transactions.run(async () => {
      if (signal.aborted || (await this.rotations.remaining(organizationId, toVersion)) > 0) return false;
      await this.rotations.finish(organizationId, toVersion);
      return true;
    });
  }

  private batch(table: SealedTable, organizationId: string, toVersion: number): Promise<number> {
    return this.transactions.run(async () => {
      const rows = await this.rotations.takeOld(table, organizationId, toVersion, BATCH);
      if (rows.length === 0) return 0;
      const plains = await this.open(table, organizationId, rows);
      try {
        await this.dataKeys.withNewest(organizationId, async (key, version) => {
          const sealed = rows.map((row, index) => {
            const binding = BINDINGS[table](organizationId, row.credentialId, row.place);
            return { ...row, sealed: seal(key, plains[index] ?? Buffer.alloc(0), binding) };
          });
          await this.rotations.putNew(table, organizationId, version, sealed);
        });
      } finally {
        for (const plain of plains) plain.fill(0);
      }
      return rows.length;
    });
  }

  /** Rows of one batch have one or two keys between them; each is unwrapped once. */
  private async open(
    table: SealedTable,
    organizationId: string,
    rows: (SealedRow & { place: number })[],
  ): Promise<Buffer[]> {
    const plains: Buffer[] = [];
    for (const version of new Set(rows.map((row) => row.version))) {
      const wrapped = rows.find((row) => row.version === version);
      if (wrapped)
        await this.dataKeys.unwrap(organizationId, wrapped, (key) => {
          for (const [index, row] of rows.entries())
            if (row.version === version)
              plains[index] = unseal(key, row.sealed, BINDINGS[table](organizationId, row.credentialId, row.place));
        });
    }
    return plains;
  }
}
