/**
 * Evaluates probes, `expected outcome TAB expression`, and prints the first whose outcome is another one, if any. Outcomes
 * are the code of the refusal or the value as JSON; what an attack must not do besides is checked for each.
 * Usage: node run-probes.mjs <entry.js> <probes.tsv> [--write]
 */
import { readFileSync } from 'node:fs';

const [, , entry, file, write] = process.argv;
const { compileExpression, ExpressionError } = await import(entry);
const MAX_MS = 1_000;

class Instance {
  visible = 1;
  get inherited() {
    return 'read through the prototype';
  }
  secret() {
    return 'called';
  }
}

const data = () => ({ list: [2, 1, 3], text: 'abc', host: () => 'called', instance: new Instance() });

function outcomeOf(expression) {
  const $json = data();
  const before = JSON.stringify($json);
  const started = performance.now();
  let outcome;
  try {
    const value = compileExpression(expression).evaluate({ $json });
    outcome = isPlain(value) ? JSON.stringify(value) : 'not plain';
  } catch (error) {
    outcome = error instanceof ExpressionError ? error.code : `escaped ${error.name}`;
  }
  if (JSON.stringify($json) !== before) outcome = 'changed the scope';
  if ({}.polluted !== undefined) outcome = 'polluted';
  return performance.now() - started > MAX_MS ? 'took too long' : outcome;
}

function isPlain(value) {
  if (typeof value !== 'object' || value === null)
    return ['string', 'number', 'boolean', 'object'].includes(typeof value);
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Array.prototype && prototype !== Object.prototype) return false;
  return Object.values(value).every(isPlain);
}

for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
  const [expected, expression] = line.includes('\t') ? line.split('\t') : ['', line];
  const outcome = outcomeOf(expression);
  if (write) console.log(`${outcome}\t${expression}`);
  else if (outcome !== expected) {
    console.log(`${expression} gives ${outcome}, not ${expected}`);
    process.exit(0);
  }
}
