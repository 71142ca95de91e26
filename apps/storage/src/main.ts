import 'reflect-metadata';
import { runMain } from '@rpa/platform';
import { start } from './start.js';

await runMain(() => start());
