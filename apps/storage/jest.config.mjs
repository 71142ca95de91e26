import preset from '../../jest.preset-services.mjs';

export default { ...preset, rootDir: import.meta.dirname, displayName: 'storage' };
