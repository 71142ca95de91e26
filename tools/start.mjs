/** `npm start`: installs and builds what is missing, then runs everything; with --services one process a service. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SetupError, root, runTool, setUp } from './setup.mjs';

const WATCH_MS = 500;

/** A SIGTERM that was sent to npm ends npm and its shell, which does not hand it on: without this we would be orphaned. */
function stopWithNpm() {
  if (!process.env.npm_lifecycle_event || process.platform === 'win32') return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, WATCH_MS);
  watch.unref();
}

await runTool(async () => {
  const services = process.argv.includes('--services');
  await setUp(3);
  const main = join(root, 'apps', 'standalone', 'dist', services ? 'services.js' : 'main.js');
  if (!existsSync(main)) throw new SetupError(`The build has left no ${main}.`);
  console.log(`[3/3] starting${services ? ' one process a service' : ''} ...`);
  process.chdir(root);
  process.setSourceMapsEnabled(true);
  stopWithNpm();
  // In this process: another one would cost memory, and stand between the signals and the code that drains.
  process.argv[1] = main;
  await import(pathToFileURL(main).href);
});
