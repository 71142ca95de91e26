import { printBanner } from './banner.js';
import { prepareDemo } from './demo/prepare-demo.js';
import { progress } from './progress.js';
import { orStop, run } from './run.js';
import { serviceEnvironment } from './service-environment.js';
import { inheritedEnvironment, localUrl, standaloneConfig } from './standalone.config.js';
import { startProcesses } from './start-processes.js';
import { startServers } from './start-servers.js';
import { waitUntilReady } from './wait-until-ready.js';

const READY_WITHIN_MS = 120_000;

/** The same system as `main.ts`, one process a service: what a cluster does, on one machine. */
await run(async (signal) => {
  const config = standaloneConfig.load();
  const inherited = inheritedEnvironment();
  progress('Starting PostgreSQL and NATS ...');
  const servers = await startServers(config);
  const demo = await orStop(prepareDemo(config, servers), servers);
  progress('Starting a process for each service ...');
  const processes = startProcesses(config.port, (service, probePort) =>
    serviceEnvironment(service, config, servers, inherited, { probePort, egressAllow: demo.egressAllow }),
  );
  const stop = async (): Promise<void> => {
    await processes.stop();
    await demo.stop();
    await servers.stop();
  };
  try {
    const url = localUrl(config);
    await waitUntilReady(url, READY_WITHIN_MS, signal, progress);
    printBanner({ config, url, natsUrl: servers.natsUrl, demo: await demo.show(url), processes: processes.table() });
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
});
