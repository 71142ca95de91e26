import preset from '../../jest.preset-services.mjs';

export default { ...preset, rootDir: import.meta.dirname, displayName: 'system-e2e' };
