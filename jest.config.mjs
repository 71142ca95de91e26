/** Every project in one run; `npm test` builds first. */
export default {
  projects: ['<rootDir>/libs/*/jest.config.mjs', '<rootDir>/apps/*/jest.config.mjs'],
  maxWorkers: 2,
  // ES modules are not given back to the heap between test files (jest issue 14605).
  workerIdleMemoryLimit: '600MB',
};
