/** What has to be there before anything of the repository runs: packages and builds. Plain Node, no packages. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const root = join(import.meta.dirname, '..');
const modules = join(root, 'node_modules');
const cache = join(modules, '.cache', 'setup');
const lockFile = join(root, 'package-lock.json');
const compiler = join(modules, 'typescript7', 'bin', 'tsc');

const MIN_NODE = [20, 19];
const OFFLINE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT/;
const STILL_WORKING_MS = 15_000;
const MAX_SHOWN_LINES = 40;

/** Something that the reader of the terminal can mend; shown without a stack. */
export class SetupError extends Error {}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])) return;
  throw new SetupError(
    `This is Node ${process.versions.node}; at least ${MIN_NODE.join('.')} is needed. Install a newer one and try again.`,
  );
}

function readStamp(name) {
  try {
    return readFileSync(join(cache, name), 'utf8');
  } catch {
    return undefined;
  }
}

/** An installation that belongs to another user is used all the same; only the check is then made anew each time. */
function writeStamp(name, value) {
  try {
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, name), value);
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error;
  }
}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(0)} s`;

function shorten(output) {
  const lines = output.trim().split('\n');
  const left = lines.length - MAX_SHOWN_LINES;
  return left > 0 ? `${lines.slice(0, MAX_SHOWN_LINES).join('\n')}\n... and ${left} lines more` : lines.join('\n');
}

/** Runs a command quietly; what it printed is in the error when it fails. */
async function run(label, command, args) {
  const started = performance.now();
  console.log(`${label} ...`);
  const stillWorking = setInterval(() => console.log(`${label} ... ${seconds(started)}`), STILL_WORKING_MS);
  let output = '';
  try {
    await new Promise((resolve, reject) => {
      const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
      child.stdout.on('data', (chunk) => (output += chunk));
      child.stderr.on('data', (chunk) => (output += chunk));
      child.once('error', reject);
      child.once('close', (code, signal) =>
        code === 0 ? resolve() : reject(new Error(`${signal ?? `exit ${code}`}`)),
      );
    });
  } catch (error) {
    throw Object.assign(new SetupError(`${label} failed (${error.message}):\n${shorten(output)}`), { output });
  } finally {
    clearInterval(stillWorking);
  }
  console.log(`${label} ... done (${seconds(started)})`);
}

function isInstalled(lockHash) {
  const installed = statSync(join(modules, '.package-lock.json'), { throwIfNoEntry: false });
  // npm writes that file last, but also when it was only asked for a lock file.
  if (!installed || !existsSync(compiler)) return false;
  // Somebody who ran npm by hand did not write our stamp.
  return readStamp('install') === lockHash || installed.mtimeMs >= statSync(lockFile).mtimeMs;
}

async function install(step) {
  const lockHash = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  if (!isInstalled(lockHash)) {
    const args = [
      'ci',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--loglevel=warn',
      '--fetch-retry-maxtimeout=10000',
    ];
    try {
      await run(`${step} installing packages`, process.platform === 'win32' ? 'npm.cmd' : 'npm', args);
    } catch (error) {
      if (!OFFLINE.test(error.output ?? '')) throw error;
      const advice = 'The packages are not installed and npm cannot reach its registry. Connect to the network (or set';
      throw new SetupError(
        `${advice} npm's registry or proxy) and try again; afterwards none is needed.\n${error.message}`,
      );
    }
  }
  if (readStamp('install') !== lockHash) writeStamp('install', lockHash);
}

function* filesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

function projects() {
  const { references } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  return references.map(({ path }) => join(root, path));
}

/** Changes whenever a build might: a file that is new, gone or touched. */
function fingerprint() {
  const inputs = [join(root, 'tsconfig.json'), join(root, 'tsconfig.base.json'), lockFile];
  for (const project of projects()) {
    inputs.push(join(project, 'package.json'), join(project, 'tsconfig.json'), ...filesBelow(join(project, 'src')));
  }
  const hash = createHash('sha256');
  for (const path of inputs.sort()) {
    const { mtimeMs, size } = statSync(path);
    hash.update(`${relative(root, path)} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

async function build(step) {
  const before = fingerprint();
  const complete = projects().every((project) => existsSync(join(project, 'dist', 'tsconfig.tsbuildinfo')));
  if (complete && readStamp('build') === before) return;
  await run(`${step} building`, process.execPath, [compiler, '-b']);
  writeStamp('build', before);
}

/** Takes milliseconds when nothing is to be done. */
export async function setUp(steps) {
  checkNode();
  await install(`[1/${steps}]`);
  await build(`[2/${steps}]`);
}

/** Runs the main function of a tool; a fault that the reader can mend is shown as text, any other with its stack. */
export async function runTool(main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof SetupError ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
