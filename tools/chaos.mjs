/** `npm run chaos`: nothing lost and nothing done twice while processes are killed. See tools/chaos/README.md. */
import { runTool, setUp } from './setup.mjs';

await runTool(async () => {
  // The result is the last line of the output; everything else may go beside.
  if (process.argv.includes('--json')) console.log = console.error;
  await setUp(3);
  const { runChaos } = await import('./chaos/run-chaos.mjs');
  await runChaos(process.argv.slice(2));
});
