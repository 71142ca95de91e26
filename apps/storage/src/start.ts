import { FileEntity } from '@rpa/entities/storage';
import { startService, type RunningService } from '@rpa/platform';
import { CollectHourly } from './collect/collect-hourly.js';
import { ContentFolder } from './disk/content-folder.js';
import { Storage1764400000000 } from './migrations/1764400000000-storage.js';
import { storageConfig, type StorageConfig } from './storage.config.js';
import { StorageModule } from './storage.module.js';
import { TransferServer } from './transfer/transfer-server.js';

/** Transfers get less than what the whole service has to stop. */
const FINISH_TRANSFERS_MS = 3_000;

/** Starts the service that keeps files and large values. */
export async function start(config: StorageConfig = storageConfig.load()): Promise<RunningService> {
  return startService({
    service: 'storage',
    config,
    module: StorageModule,
    database: {
      schema: 'storage',
      config,
      entities: [FileEntity],
      migrations: [Storage1764400000000],
      ownIdempotency: true,
    },
    async bind(app, _strategy, { health, metrics }) {
      const folder = app.get(ContentFolder);
      await folder.prepare();
      const door = app.get(TransferServer);
      await door.listen();
      metrics.gauge('rpa_file_transfers', 'Files that are sent and taken at the moment', () => door.load);
      health.add('folder', () =>
        folder.check().then(
          () => ({ ok: true }),
          () => ({ ok: false, reason: `${folder.root} cannot be written` }),
        ),
      );
    },
    started: (app) => app.get(CollectHourly).start(),
    async stopping(app) {
      await app.get(CollectHourly).stop();
      await app.get(TransferServer).close(FINISH_TRANSFERS_MS);
    },
  });
}
