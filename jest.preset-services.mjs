/** For projects whose tests need PostgreSQL and NATS: one of each per run, however many projects take part. */
import { join } from 'node:path';
import preset from './jest.preset.mjs';

const folder = join(import.meta.dirname, 'libs', 'testing', 'jest');

export default {
  ...preset,
  // Real servers on a machine that is busy with other tests.
  testTimeout: 20_000,
  globalSetup: join(folder, 'global-setup.mjs'),
  globalTeardown: join(folder, 'global-teardown.mjs'),
};
