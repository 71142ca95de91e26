import { startService, type RunningService } from '@rpa/platform';
import { createEgress, startStepHost, type StepHost } from '@rpa/step-kit';
import { aiConfig, type AiConfig } from './ai.config.js';
import { AiModule } from './ai.module.js';
import { Claude } from './claude/claude.js';
import { aiSteps } from './steps/steps.js';

const POOL = 'ai';

export async function start(config: AiConfig = aiConfig.load()): Promise<RunningService> {
  // No step of this service calls addresses of a workflow's choosing; Claude's own is the operator's.
  const egress = createEgress({ allow: [] });
  let host: StepHost | undefined;
  return startService({
    service: 'ai',
    config,
    module: AiModule,
    started: (app, { bus, identity, logger, metrics, health }) => {
      const steps = aiSteps(app.get(Claude, { strict: false }));
      const { capacity } = config;
      host = startStepHost({ bus, identity, source: 'ai', steps, pool: POOL, capacity, egress, logger, metrics });
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
