/** For projects whose tests need PostgreSQL and NATS: one of each per run, however many projects take part. */
import { join } from 'node:path';
import preset from './jest.preset.mjs';

const folder = join(import.meta.dirname, 'libs', 'testing', 'jest');

export default {
  ...preset,
  globalSetup: join(folder, 'global-setup.mjs'),
  globalTeardown: join(folder, 'global-teardown.mjs'),
};
