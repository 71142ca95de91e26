import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { startNats } from '@rpa/embedded';
import type { EmbeddedServer, NatsOptions } from '@rpa/embedded';
import { readTestEnvironment } from './test-environment.config.js';

export interface TestNatsAccess {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

/**
 * How to connect to the run's own NATS server.
 * @param user a service's, with the permissions it has in production; `admin`, who may do everything; or `system`, who
 * sees the server itself
 */
export function testNats(user = 'admin'): TestNatsAccess {
  const { natsUrl, natsPasswordPrefix } = readTestEnvironment();
  return { url: natsUrl, user, password: `${natsPasswordPrefix}${user}` };
}

/** A server of the test's own, to kill, to fill or to give other users; stop it in `afterAll`. */
export async function startTestNats(options: Partial<Omit<NatsOptions, 'dataDir'>> = {}): Promise<EmbeddedServer> {
  const { dir, natsPasswordPrefix } = readTestEnvironment();
  return startNats({
    port: 0,
    users: [{ user: 'admin', password: `${natsPasswordPrefix}admin`, publish: ['>'], subscribe: ['>'] }],
    system: { user: 'system', password: `${natsPasswordPrefix}system` },
    ...options,
    dataDir: await mkdtemp(join(dir, 'nats-')),
  });
}
