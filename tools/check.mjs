#!/usr/bin/env node
/**
 * Every static check, two at a time: a line for each with its time, the faults of those that fail, and at the end
 * `N passed, N failed`. `npm run check -- eslint knip` runs only those whose name holds one of the words.
 */
import { spawn } from 'node:child_process';
import { checkDecisions, checkLinks, checkMachinePaths, checkReadmes } from './checks/documents.mjs';
import { checkAuditLog } from './checks/audit-log.mjs';
import { checkDeployment } from './checks/deployment.mjs';
import { checkEnvironmentExample } from './checks/environment-example.mjs';
import { checkLockFile } from './checks/lock-file.mjs';
import { checkPlantedFaults } from './checks/planted-faults.mjs';
import { checkTenantSql } from './checks/tenant-sql.mjs';
import { ROOT } from './checks/workspace.mjs';

const LANES = 2;
const MODULES = 'node_modules';
const COMPILER = `${MODULES}/typescript7/bin/tsc`;

/** Runs a tool; its output is the fault when it fails, or says something that it must not say. */
const tool =
  (args, { never } = {}) =>
  () =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, args, {
        cwd: ROOT,
        env: { ...process.env, NX_DAEMON: 'false', NO_COLOR: '1' },
      });
      let output = '';
      child.stdout.on('data', (chunk) => (output += chunk));
      child.stderr.on('data', (chunk) => (output += chunk));
      child.on('error', reject);
      child.on('close', (code) =>
        resolve(code === 0 && !never?.test(output) ? [] : [output.trim() || `exit code ${code}`]),
      );
    });

const eslint = async () => {
  // Without the graph of projects the rule on their boundaries is skipped silently.
  const graph = await tool([`${MODULES}/nx/dist/bin/nx.js`, 'show', 'projects'])();
  if (graph.length > 0) return graph;
  const cache = ['--cache', '--cache-strategy', 'content', '--cache-location', `${MODULES}/.cache/eslint/`];
  return tool([`${MODULES}/eslint/bin/eslint.js`, '.', '--max-warnings', '0', ...cache], {
    never: /rule will be skipped/,
  })();
};

/** What the others stand on: the configuration and the contracts are read as they were built. */
const FIRST = [['types of the sources (build)', tool([COMPILER, '-b', '--pretty', 'false'])]];
const CHECKS = [
  ['eslint', eslint],
  ['types of the tests', tool([COMPILER, '-p', 'tsconfig.spec.json', '--pretty', 'false'])],
  ['prettier', tool([`${MODULES}/prettier/bin/prettier.cjs`, '--check', '.', '--cache', '--log-level', 'warn'])],
  [
    'dependency-cruiser',
    tool([
      `${MODULES}/dependency-cruiser/bin/dependency-cruise.mjs`,
      '--config',
      '.dependency-cruiser.mjs',
      'libs',
      'apps',
    ]),
  ],
  ['knip', tool([`${MODULES}/knip/bin/knip.js`, '--no-progress', '--no-config-hints'])],
  ['planted faults are found', checkPlantedFaults],
  ['lock file', checkLockFile],
  ['.env.example', checkEnvironmentExample],
  ['readme of every app', checkReadmes],
  ['decisions', checkDecisions],
  ['links', checkLinks],
  ['machine paths', checkMachinePaths],
  ['tenant in every statement', checkTenantSql],
  ['audit log', checkAuditLog],
  ['deployment files', checkDeployment],
];

async function runOne([name, check]) {
  const started = performance.now();
  let faults;
  try {
    faults = await check();
  } catch (error) {
    faults = [error.stack ?? String(error)];
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${faults.length === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  for (const fault of faults) console.log(fault.replace(/^/gm, '       '));
  return faults.length === 0;
}

async function runAll(checks) {
  const waiting = [...checks];
  const results = [];
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results.push(await runOne(next));
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return results;
}

const words = process.argv.slice(2);
const chosen = ([name]) => words.length === 0 || words.some((word) => name.includes(word));
const results = [...(await runAll(FIRST.filter(chosen))), ...(await runAll(CHECKS.filter(chosen)))];
const failed = results.filter((passed) => !passed).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 || results.length === 0 ? 1 : 0;
