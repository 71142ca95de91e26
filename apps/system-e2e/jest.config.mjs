import { join } from 'node:path';
import preset from '../../jest.preset.mjs';

/** Black box: every test starts the built system as a person would. */
export default {
  ...preset,
  rootDir: import.meta.dirname,
  displayName: 'system-e2e',
  setupFilesAfterEnv: [join(import.meta.dirname, 'jest', 'setup.mjs')],
};
