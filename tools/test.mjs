/** `npm test`: installs and builds what is missing, runs every test, ends with a line `N passed, N failed`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, runTool, setUp } from './setup.mjs';

async function runJest(resultFile) {
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const flags = ['--json', `--outputFile=${resultFile}`, '--passWithNoTests', ...process.argv.slice(2)];
  const child = spawn(process.execPath, ['--experimental-vm-modules', '--no-warnings', jest, ...flags], {
    cwd: root,
    // With --json Jest reports its progress on stderr.
    stdio: ['inherit', 'inherit', process.stdout],
    env: { ...process.env, TEST_PREBUILT: '1' },
  });
  const [code, signal] = await once(child, 'exit');
  return signal ?? code;
}

/** A file that could not be run at all counts as one failed test. */
function count(resultFile) {
  try {
    const result = JSON.parse(readFileSync(resultFile, 'utf8'));
    return { passed: result.numPassedTests, failed: result.numFailedTests + result.numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 0 };
  }
}

await runTool(async () => {
  await setUp(3);
  console.log('[3/3] testing ...');
  const scratch = mkdtempSync(join(tmpdir(), 'test-results-'));
  try {
    const resultFile = join(scratch, 'results.json');
    const status = await runJest(resultFile);
    const { passed, failed } = count(resultFile);
    const unexplained = status !== 0 && failed === 0 ? 1 : 0;
    if (unexplained) console.error(`Jest ended with ${status} without a failed test.`);
    console.log(`${passed} passed, ${failed + unexplained} failed`);
    if (failed + unexplained > 0) process.exitCode = 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});
