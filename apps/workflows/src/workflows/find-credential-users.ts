import { Injectable } from '@nestjs/common';
import type { FindCredentialUsersReply, JsonObject } from '@rpa/contracts';
import { Database } from '@rpa/platform';
import { referencedKeys } from '../definition/referenced-keys.js';

const LIMIT = 200;

interface Candidate {
  id: string;
  key: string;
  name: string;
  draft: JsonObject | null;
  published: JsonObject | null;
}

/**
 * Which workflows would miss a credential. Definitions whose text holds the key are looked into: asked by people now and
 * then, so a search through the organization's definitions is cheaper than an index that every save would maintain.
 */
@Injectable()
export class FindCredentialUsers {
  constructor(private readonly database: Database) {}

  async execute(organizationId: string, key: string): Promise<FindCredentialUsersReply> {
    const { rows } = await this.database.pool.query<Candidate>(
      `SELECT w.id, w.key, w.name,
              CASE WHEN strpos(w.draft::text, $2) > 0 THEN w.draft END AS draft,
              CASE WHEN strpos(v.definition::text, $2) > 0 THEN v.definition END AS published
         FROM workflows.workflows w
         LEFT JOIN workflows.workflow_versions v
           ON v.organization_id = w.organization_id AND v.workflow_id = w.id AND v.number = w.published_version
        WHERE w.organization_id = $1 AND w.deleted_at IS NULL
          AND (strpos(w.draft::text, $2) > 0 OR strpos(v.definition::text, $2) > 0)
        ORDER BY w.id DESC LIMIT ${LIMIT}`,
      [organizationId, JSON.stringify(key)],
    );
    const names = (definition: JsonObject | null): boolean =>
      definition !== null && referencedKeys(definition).credentials.includes(key);
    const users = rows.map(({ id, key: workflowKey, name, draft, published }) => {
      return { id, key: workflowKey, name, draft: names(draft), published: names(published) };
    });
    return { data: users.filter((user) => user.draft || user.published) };
  }
}
