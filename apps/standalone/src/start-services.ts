import { aiConfig, start as startAi } from '@rpa/ai';
import { authConfig, start as startAuth } from '@rpa/auth';
import type { ServiceName } from '@rpa/contracts';
import { credentialsVaultConfig, start as startVault } from '@rpa/credentials-vault';
import { executionsConfig, start as startExecutions } from '@rpa/executions';
import { gatewayConfig, start as startGateway } from '@rpa/gateway';
import { integrationsConfig, start as startIntegrations } from '@rpa/integrations';
import type { RunningService } from '@rpa/platform';
import { start as startStorage, storageConfig } from '@rpa/storage';
import { start as startTriggers, triggersConfig } from '@rpa/triggers';
import { start as startWorker, workerConfig } from '@rpa/worker';
import { start as startWorkflows, workflowsConfig } from '@rpa/workflows';
import { progress } from './progress.js';
import type { Environment } from './standalone.config.js';

/** Starts one service with the environment that is meant for it, and no other. */
const STARTERS: Record<ServiceName, (environment: Environment) => Promise<RunningService>> = {
  auth: (environment) => startAuth(authConfig.load(environment)),
  workflows: (environment) => startWorkflows(workflowsConfig.load(environment)),
  executions: (environment) => startExecutions(executionsConfig.load(environment)),
  triggers: (environment) => startTriggers(triggersConfig.load(environment)),
  'credentials-vault': (environment) => startVault(credentialsVaultConfig.load(environment)),
  integrations: (environment) => startIntegrations(integrationsConfig.load(environment)),
  storage: (environment) => startStorage(storageConfig.load(environment)),
  worker: (environment) => startWorker(workerConfig.load(environment)),
  ai: (environment) => startAi(aiConfig.load(environment)),
  gateway: (environment) => startGateway(gatewayConfig.load(environment)),
};

export interface Services {
  running: RunningService[];
  stop(): Promise<void>;
}

/** Starts every service in this process, each as its own Nest application that shares nothing with the others. */
export async function startServices(environmentOf: (service: ServiceName) => Environment): Promise<Services> {
  const running: RunningService[] = [];
  const stop = async (): Promise<void> => {
    // The door first, so that nothing new comes in; then all the others at once.
    await running.find((service) => service.service === 'gateway')?.stop();
    await Promise.all(running.map((service) => service.stop()));
  };
  const starting = (Object.keys(STARTERS) as ServiceName[]).map(async (service) => {
    running.push(await STARTERS[service](environmentOf(service)));
    progress(`${service} is up`);
  });
  const failed = (await Promise.allSettled(starting)).find((result) => result.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason as Error;
  }
  return { running, stop };
}
