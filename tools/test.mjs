/** `npm test`: installs and builds what is missing, runs every test, ends with a line `N passed, N failed`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { root, runTool, setUp } from './setup.mjs';

/** More than this many failed files are not run again. */
const MAX_FILES_AGAIN = 6;

async function runJest(resultFile, parameters) {
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const flags = ['--json', `--outputFile=${resultFile}`, '--passWithNoTests', ...parameters];
  const child = spawn(process.execPath, ['--experimental-vm-modules', '--no-warnings', jest, ...flags], {
    cwd: root,
    // With --json Jest reports its progress on stderr.
    stdio: ['inherit', 'inherit', process.stdout],
    env: { ...process.env, TEST_PREBUILT: '1' },
  });
  const [code, signal] = await once(child, 'exit');
  return signal ?? code;
}

function read(resultFile) {
  try {
    return JSON.parse(readFileSync(resultFile, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 0, testResults: [] };
  }
}

/** A file that could not be run at all counts as one failed test. */
const failuresOf = (result) => result.numFailedTests + result.numRuntimeErrorTestSuites;

/**
 * Files that failed are run once more, one at a time: a fault fails again, while a test that only starved beside another
 * one on a small machine passes, and is named so that somebody looks at it. Many failed files are a fault, not a famine.
 */
async function runAgain(first, resultFile) {
  const files = first.testResults.filter(({ status }) => status === 'failed').map(({ name }) => name);
  if (files.length === 0 || files.length > MAX_FILES_AGAIN) return { ...counts(first), unsteady: [] };
  console.log(`Once more, one at a time: ${files.map((file) => relative(root, file)).join(', ')}`);
  const status = await runJest(resultFile, ['--runInBand', '--runTestsByPath', ...files]);
  const second = read(resultFile);
  const failed = failuresOf(second) + (status !== 0 && failuresOf(second) === 0 ? 1 : 0);
  const inFiles = first.testResults.filter(({ name }) => files.includes(name)).flatMap((file) => file.assertionResults);
  const passedBefore = first.numPassedTests - inFiles.filter((test) => test.status === 'passed').length;
  const failedAgain = new Set(second.testResults.filter(({ status }) => status === 'failed').map(({ name }) => name));
  const unsteady = files.filter((file) => !failedAgain.has(file)).map((file) => relative(root, file));
  return { passed: passedBefore + second.numPassedTests, failed, unsteady };
}

const counts = (result) => ({ passed: result.numPassedTests, failed: failuresOf(result) });

await runTool(async () => {
  await setUp(3);
  console.log('[3/3] testing ...');
  const scratch = mkdtempSync(join(tmpdir(), 'test-results-'));
  try {
    const resultFile = join(scratch, 'results.json');
    const status = await runJest(resultFile, process.argv.slice(2));
    const first = read(resultFile);
    const { passed, failed, unsteady } = await runAgain(first, resultFile);
    const unexplained = status !== 0 && failuresOf(first) === 0 ? 1 : 0;
    if (unexplained) console.error(`Jest ended with ${status} without a failed test.`);
    if (unsteady.length > 0) console.log(`Passed only when run again (look at them): ${unsteady.join(', ')}`);
    console.log(`${passed} passed, ${failed + unexplained} failed`);
    if (failed + unexplained > 0) process.exitCode = 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});
