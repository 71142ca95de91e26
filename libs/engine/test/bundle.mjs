/** Bundles the engine for a browser into the folder that is named. A process of its own: the bundler does not run inside Jest. */
import { join } from 'node:path';
import { build } from 'esbuild-wasm';

const [folder] = process.argv.slice(2);
await build({
  entryPoints: [join(import.meta.dirname, '..', 'src', 'index.ts')],
  outfile: join(folder, 'engine.js'),
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  conditions: ['@rpa/source'],
});
