import { chmod, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { startPostgres } from '@rpa/embedded';
import type { EmbeddedServer, PostgresOptions } from '@rpa/embedded';
import { readTestEnvironment } from './test-environment.config.js';

/**
 * A PostgreSQL of the test's own, to stop and to start again in the same folder; stop it in `afterAll`. It takes most of
 * a second: where an empty database serves, take `createTestDatabase`.
 */
export async function startTestPostgres(
  options: Partial<PostgresOptions> = {},
): Promise<EmbeddedServer & { dataDir: string }> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(readTestEnvironment().dir, 'postgres-')));
  await chmod(dataDir, 0o711);
  const server = await startPostgres({ port: 0, disposable: true, ...options, dataDir });
  return Object.assign(server, { dataDir });
}
