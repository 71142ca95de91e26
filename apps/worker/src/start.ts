import { startService, type RunningService } from '@rpa/platform';
import { createEgress, startStepHost, type StepHost } from '@rpa/step-kit';
import { STEPS } from './steps/steps.js';
import { workerConfig, type WorkerConfig } from './worker.config.js';
import { WorkerModule } from './worker.module.js';

export async function start(config: WorkerConfig = workerConfig.load()): Promise<RunningService> {
  const egress = createEgress({ allow: config.egressAllow });
  let host: StepHost | undefined;
  return startService({
    service: 'worker',
    config,
    module: WorkerModule,
    started: (_app, { bus, identity, logger, metrics, health }) => {
      const { pool, capacity } = config;
      const traced = config.otlpEndpoint !== null;
      const means = { bus, identity, egress, logger, metrics, traced };
      host = startStepHost({ ...means, source: 'worker', steps: STEPS, pool, capacity });
      health.add('catalog', () =>
        host?.isInCatalog ? { ok: true } : { ok: false, reason: 'the step types are not in the catalog yet' },
      );
    },
    stopping: async () => {
      await host?.stop();
      await egress.close();
    },
  });
}
