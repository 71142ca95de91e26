import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** Whether `--only expressions` is asked for, which needs no services. */
export function isExpressionBench(args) {
  const at = args.indexOf('--only');
  return args.includes('--only=expressions') || (at !== -1 && args[at + 1] === 'expressions');
}

/** Builds the expression language and compares it with cel-js, jexl, jsonata and native code, one JSON line a case. */
export function benchExpressions() {
  execFileSync(process.execPath, ['node_modules/typescript7/bin/tsc', '-b', 'libs/expressions'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  const { status } = spawnSync(process.execPath, ['bench/expressions.bench.mjs'], {
    cwd: join(ROOT, 'libs/expressions'),
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
