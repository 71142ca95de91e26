import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');

/** Files that git knows or would take up, by their path from the root. */
export function trackedFiles(...patterns) {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '--', ...patterns];
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 << 20 });
  if (status !== 0) throw new Error(`git ls-files: ${stderr}`);
  return [...new Set(stdout.split('\0'))].filter((file) => file !== '' && existsSync(join(ROOT, file))).sort();
}

export function read(file) {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** Folders of the apps that are services or start them; system-e2e is a test. */
export function apps() {
  return readdirSync(join(ROOT, 'apps')).filter(
    (app) => app !== 'system-e2e' && existsSync(join(ROOT, 'apps', app, 'package.json')),
  );
}

/** Every configuration of the built apps: `{ app, variables }`. */
export async function configurations() {
  const found = [];
  for (const app of apps()) {
    const folder = join(ROOT, 'apps', app, 'dist');
    const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.config.js')) : [];
    for (const file of files)
      for (const value of Object.values(await import(join(folder, file))))
        if (value?.variables && typeof value.load === 'function') found.push({ app, variables: value.variables });
  }
  return found;
}
