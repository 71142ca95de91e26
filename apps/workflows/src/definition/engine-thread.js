// @ts-check
// A thread of its own, so that a large definition holds up nobody else; plain JavaScript, because a thread starts from a
// file and knows no build.
import { parentPort, workerData } from 'node:worker_threads';
import { canonicalDefinition, normalizeDefinition, validateDefinition } from '@rpa/engine';

/** @type {{ task: 'validate' | 'normalize', definition: never, context: object }} */
const { task, definition, context } = workerData;

if (task === 'validate') parentPort?.postMessage(validateDefinition(definition, context));
else {
  const normalized = normalizeDefinition(definition, context);
  parentPort?.postMessage({ definition: normalized, canonical: canonicalDefinition(normalized) });
}
