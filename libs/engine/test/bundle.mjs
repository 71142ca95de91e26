/** Bundles the engine for a browser into the folder that is named. A process of its own: rolldown does not run inside Jest. */
import { join } from 'node:path';
import { build } from 'rolldown';

const [folder] = process.argv.slice(2);
await build({
  input: join(import.meta.dirname, '..', 'src', 'index.ts'),
  platform: 'browser',
  resolve: { conditionNames: ['@rpa/source', 'browser', 'import', 'default'] },
  output: { file: join(folder, 'engine.js'), format: 'es', minify: true },
});
