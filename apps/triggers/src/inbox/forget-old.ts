import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Database, LOGGER, type Logger } from '@rpa/platform';
import type { TriggersConfig } from '../triggers.config.js';

const EVERY_MS = 600_000;
const BITE = 5_000;
/** How long a repeat of an event is recognised. */
const DEDUPE = '72 hours';

/** Forgets what is past its time, of every organization, since age alone decides. */
@Injectable()
export class ForgetOld {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: TriggersConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      this.execute().catch((error: unknown) => this.logger.warn({ err: error }, 'Old events could not be forgotten'));
    }, EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  async execute(): Promise<void> {
    await this.inBites(
      `DELETE FROM triggers.event_inbox WHERE id = ANY (ARRAY(
         SELECT id FROM triggers.event_inbox e WHERE created_at < now() - interval '${DEDUPE}'
            AND (NOT kept OR created_at < now() - $1::int * interval '1 day')
            AND NOT EXISTS (SELECT FROM triggers.event_intents i WHERE i.event_id = e.id) LIMIT ${BITE}))`,
      [this.config.firesRetentionDays],
    );
    await this.inBites(
      `DELETE FROM triggers.webhook_captures WHERE id = ANY (ARRAY(
         SELECT id FROM triggers.webhook_captures WHERE at < now() - interval '${DEDUPE}' LIMIT ${BITE}))`,
      [],
    );
    await this.inBites(
      `DELETE FROM triggers.trigger_fires WHERE id = ANY (ARRAY(
         SELECT id FROM triggers.trigger_fires WHERE at < now() - $1::int * interval '1 day' LIMIT ${BITE}))`,
      [this.config.firesRetentionDays],
    );
  }

  private async inBites(statement: string, parameters: unknown[]): Promise<void> {
    for (let deleted = BITE; deleted === BITE;)
      deleted = (await this.database.pool.query(statement, parameters)).rowCount ?? 0;
  }
}
