import preset from '../../jest.preset.mjs';

/** Black box: every test starts the built system as a person would. */
export default { ...preset, rootDir: import.meta.dirname, displayName: 'system-e2e', testTimeout: 180_000 };
