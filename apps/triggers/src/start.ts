import { EventPublisherEntity, TriggerEntity, TriggerFireEntity } from '@rpa/entities/triggers';
import { answerAuthCallout } from '@rpa/messaging';
import { idempotencyMigration, startService, type RunningService } from '@rpa/platform';
import { ForgetOld } from './inbox/forget-old.js';
import { RunIntents } from './inbox/run-intents.js';
import { Triggers1763800000000 } from './migrations/1763800000000-triggers.js';
import { TriggerSources1764500000000 } from './migrations/1764500000000-trigger-sources.js';
import { Schedules1764500100000 } from './migrations/1764500100000-schedules.js';
import { Webhooks1764500200000 } from './migrations/1764500200000-webhooks.js';
import { EventOrder1764500300000 } from './migrations/1764500300000-event-order.js';
import { DecideConnection } from './publishers/decide-connection.js';
import { triggersConfig, type TriggersConfig } from './triggers.config.js';
import { RunSources } from './sources/run-sources.js';
import { WatchWorkflows } from './triggers/watch-workflows.js';
import { TriggersModule } from './triggers.module.js';
import { TriggerSources } from './types/trigger-sources.js';

export async function start(config: TriggersConfig = triggersConfig.load()): Promise<RunningService> {
  return startService({
    service: 'triggers',
    config,
    module: TriggersModule,
    database: {
      schema: 'triggers',
      config,
      entities: [TriggerEntity, TriggerFireEntity, EventPublisherEntity],
      migrations: [
        idempotencyMigration('triggers'),
        Triggers1763800000000,
        TriggerSources1764500000000,
        Schedules1764500100000,
        Webhooks1764500200000,
        EventOrder1764500300000,
      ],
    },
    async started(app, { bus, health }) {
      const get = <T>(token: new (...parameters: never[]) => T): T => app.get(token, { strict: false });
      if (config.calloutSeed) {
        const decide = get(DecideConnection);
        answerAuthCallout(bus, config.calloutSeed, (user, password) => decide.execute(user, password));
      }
      get(WatchWorkflows).start();
      get(RunIntents).start();
      get(ForgetOld).start();
      const sources = get(TriggerSources);
      await sources.start();
      get(RunSources).start();
      health.add('trigger sources', () => sources.check());
    },
    async stopping(app) {
      await app.get(RunSources, { strict: false }).stop();
      await app.get(TriggerSources, { strict: false }).stop();
      app.get(ForgetOld, { strict: false }).stop();
      await app.get(RunIntents, { strict: false }).stop();
    },
  });
}
