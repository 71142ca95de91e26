/** `npm run bench`: what a step costs, beside other engines on the same machine. See tools/bench/README.md. */
import { benchExpressions, isExpressionBench } from './bench/bench-expressions.mjs';
import { runTool, setUp } from './setup.mjs';

await runTool(async () => {
  if (isExpressionBench(process.argv.slice(2))) return benchExpressions();
  // The results are the last line of the output; everything else may go beside.
  if (process.argv.includes('--json')) console.log = console.error;
  await setUp(3);
  const { runBench } = await import('./bench/run-bench.mjs');
  await runBench(process.argv.slice(2));
});
