import 'reflect-metadata';
import { printBanner } from './banner.js';
import { prepareDemo } from './demo/prepare-demo.js';
import { progress } from './progress.js';
import { orStop, run } from './run.js';
import { serviceEnvironment } from './service-environment.js';
import { inheritedEnvironment, localUrl, standaloneConfig } from './standalone.config.js';
import { startServers } from './start-servers.js';
import { startServices } from './start-services.js';
import { waitUntilReady } from './wait-until-ready.js';

const READY_WITHIN_MS = 60_000;

await run(async (signal) => {
  const config = standaloneConfig.load();
  const inherited = inheritedEnvironment();
  progress('Starting PostgreSQL and NATS ...');
  const servers = await startServers(config);
  const demo = await orStop(prepareDemo(config, servers), servers);
  try {
    progress('Starting the services ...');
    const services = await startServices((service) =>
      serviceEnvironment(service, config, servers, inherited, { probePort: 0, egressAllow: demo.egressAllow }),
    );
    const stop = async (): Promise<void> => {
      await services.stop();
      await demo.stop();
      await servers.stop();
    };
    try {
      const url = localUrl(config);
      await waitUntilReady(url, READY_WITHIN_MS, signal, progress);
      progress('All services are ready');
      printBanner({ config, url, natsUrl: servers.natsUrl, demo: await demo.show(url) });
      return { stop };
    } catch (error) {
      await services.stop();
      throw error;
    }
  } catch (error) {
    await demo.stop();
    await servers.stop();
    throw error;
  }
});
