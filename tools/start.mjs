/** `npm start`: installs and builds what is missing, then runs everything; with --services one process a service. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SetupError, root, runTool, setUp } from './setup.mjs';

const DRAIN_LIMIT_MS = 20_000;

/**
 * npm hands on the signal that the terminal has sent already, so each comes twice: without a listener of our own the
 * second would end the process before it has drained. A process that does not come to its end is ended all the same.
 */
function surviveRepeatedSignals() {
  let limit;
  const onSignal = () => {
    limit ??= setTimeout(() => {
      console.error('It did not stop in time.');
      process.exit(1);
    }, DRAIN_LIMIT_MS).unref();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

await runTool(async () => {
  const services = process.argv.includes('--services');
  await setUp(3);
  const main = join(root, 'apps', 'standalone', 'dist', services ? 'services.js' : 'main.js');
  if (!existsSync(main)) throw new SetupError(`The build has left no ${main}.`);
  console.log(`[3/3] starting${services ? ' one process a service' : ''} ...`);
  process.chdir(root);
  process.setSourceMapsEnabled(true);
  surviveRepeatedSignals();
  // In this process: another one would cost memory and stand between the signals and who has to drain.
  process.argv[1] = main;
  await import(pathToFileURL(main).href);
});
