import { Injectable } from '@nestjs/common';
import { Transactions } from '@rpa/platform';

export interface ListeningTrigger {
  id: string;
  organizationId: string;
  organizationSlug: string;
  /** Channel or pattern. */
  channel: string;
  /** Expression by which its events are handed over in order; null: as they come. */
  orderBy: string | null;
}

/** Finds who listens, for events of any organization: they name theirs by its slug. */
@Injectable()
export class ListeningTriggers {
  constructor(private readonly transactions: Transactions) {}

  /** Triggers of these organizations on these channels, and all with a pattern; one statement whatever the number of events. */
  find(events: readonly { slug: string; channel: string }[]): Promise<ListeningTrigger[]> {
    const columns = `id, organization_id AS "organizationId", organization_slug AS "organizationSlug", channel,
      config->>'orderBy' AS "orderBy"`;
    return this.transactions.manager.query<ListeningTrigger[]>(
      `SELECT ${columns} FROM triggers.triggers
        WHERE organization_slug = ANY ($1) AND channel = ANY ($2)
          AND channel IS NOT NULL AND enabled AND deleted_at IS NULL
       UNION
       SELECT ${columns} FROM triggers.triggers
        WHERE organization_slug = ANY ($1) AND channel ~ '[*>]' AND enabled AND deleted_at IS NULL`,
      [[...new Set(events.map((event) => event.slug))], [...new Set(events.map((event) => event.channel))]],
    );
  }
}
