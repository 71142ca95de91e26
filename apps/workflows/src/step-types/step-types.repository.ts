import { Injectable } from '@nestjs/common';
import type { StepTypeDescriptor } from '@rpa/contracts';
import { StepTypeEntity } from '@rpa/entities/workflows';
import { Transactions } from '@rpa/platform';

/** Worker announcements come every 30 s; three in a row may get lost. */
const AVAILABLE_FOR = '90 seconds';
/** Types that the catalog reads at most; far above what an editor could show. */
const MAX_TYPES = 5_000;

export interface CatalogRow {
  type: string;
  source: string;
  descriptor: StepTypeDescriptor;
  available: boolean;
  updatedAt: Date;
}

/** The step catalog: of the installation, not of an organization. */
@Injectable()
export class StepTypesRepository {
  constructor(private readonly transactions: Transactions) {}

  /**
   * Stores what a source announces, in one statement. A type that somebody else announced first stays his; an older
   * version does not replace a newer one (replicas of two releases announce side by side).
   * @returns the types that now belong to the source
   */
  async announce(source: string, types: StepTypeDescriptor[]): Promise<string[]> {
    const rows = await this.transactions.manager.query<{ type: string }[]>(
      `INSERT INTO workflows.step_types AS known (type, source, version, descriptor, last_seen)
       SELECT announced.type, $1, announced.version, announced.descriptor::json, now()
         FROM unnest($2::text[], $3::int[], $4::text[]) AS announced (type, version, descriptor)
        ORDER BY announced.type
       ON CONFLICT (type) DO UPDATE SET
         last_seen = now(),
         updated_at = CASE WHEN excluded.descriptor::text = known.descriptor::text THEN known.updated_at ELSE now() END,
         version = greatest(known.version, excluded.version),
         descriptor = CASE WHEN excluded.version >= known.version THEN excluded.descriptor ELSE known.descriptor END
       WHERE known.source = excluded.source
       RETURNING type`,
      [
        source,
        types.map((type) => type.type),
        types.map((type) => type.version),
        types.map((type) => JSON.stringify(type)),
      ],
    );
    return rows.map((row) => row.type);
  }

  async all(): Promise<CatalogRow[]> {
    return this.select('', []);
  }

  async find(type: string): Promise<CatalogRow | null> {
    const [row] = await this.select('WHERE type = $1', [type]);
    return row ?? null;
  }

  async descriptors(): Promise<StepTypeDescriptor[]> {
    const rows = await this.transactions.manager
      .getRepository(StepTypeEntity)
      .find({ select: { type: true, descriptor: true }, order: { type: 'ASC' }, take: MAX_TYPES });
    return rows.map((row) => row.descriptor as StepTypeDescriptor);
  }

  /** Which of these sources have announced something, ever. */
  async knownSources(sources: string[]): Promise<string[]> {
    const rows = await this.transactions.manager.query<{ source: string }[]>(
      'SELECT DISTINCT source FROM workflows.step_types WHERE source = ANY ($1)',
      [sources],
    );
    return rows.map((row) => row.source);
  }

  private select(where: string, parameters: unknown[]): Promise<CatalogRow[]> {
    return this.transactions.manager.query<CatalogRow[]>(
      `SELECT type, source, descriptor, updated_at AS "updatedAt",
              last_seen > now() - interval '${AVAILABLE_FOR}' AS available
         FROM workflows.step_types ${where} ORDER BY type LIMIT ${MAX_TYPES}`,
      parameters,
    );
  }
}
