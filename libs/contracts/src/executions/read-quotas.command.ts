import { defineCommand } from '../messages/define-command.js';
import { JsonField } from '../messages/fields.js';

export class ReadQuotasRequest {}

/** A bound of an organization and how much of it is used; `limit` null: there is none. */
export interface Quota {
  limit: number | null;
  used: number;
}

export class ReadQuotasReply {
  /** Executions that have begun and not ended, test runs apart. What starts beyond is accepted and waits. */
  @JsonField()
  running!: Quota;

  /** Accepted starts that wait for their turn. Starts beyond are refused with 429. */
  @JsonField()
  queued!: Quota;

  /** Starts in the present minute. Starts beyond are refused with 429. */
  @JsonField()
  startsPerMinute!: Quota;
}

/** What the organization may use of the installation's capacity to run workflows, and what it uses. */
export const readQuotas = defineCommand({
  subject: 'rpc.executions.v1.quota.read',
  owner: 'executions',
  summary: 'Read the quotas of the organization and their usage',
  access: { permission: 'settings:read' },
  request: ReadQuotasRequest,
  reply: ReadQuotasReply,
  example: {
    request: {},
    reply: {
      running: { limit: null, used: 12 },
      queued: { limit: 100_000, used: 0 },
      startsPerMinute: { limit: 6_000, used: 240 },
    },
  },
});
