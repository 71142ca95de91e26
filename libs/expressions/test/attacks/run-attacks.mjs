/**
 * Evaluates every line of a file in this process and prints one JSON line for each: what came out, how long it took and
 * what it left on the heap. Ends by itself, so a timer or promise that an attack leaves behind keeps it alive and is seen.
 * Usage: node --expose-gc run-attacks.mjs <entry.js> <lines.txt> <json of $json>
 */
import { readFileSync, writeSync } from 'node:fs';

const [, , entry, file, json] = process.argv;
const { compileExpression, ExpressionError } = await import(entry);
const RETRIES = 4;

const BUILT_INS = [Object, Array, Function, String, Number, Boolean, Date, RegExp, Promise, Error, Map, Set, Symbol];
const fingerprint = () =>
  JSON.stringify(
    [globalThis, JSON, Math, Reflect, ...BUILT_INS, ...BUILT_INS.map((type) => type.prototype)].map((object) =>
      Reflect.ownKeys(object).map((key) => {
        const { value, ...rest } = Object.getOwnPropertyDescriptor(object, key);
        return [String(key), typeof value, typeof value === 'function' ? value.name : '', Object.keys(rest)];
      }),
    ),
  );
const untouched = fingerprint();

const startClock = () => ({ wall: performance.now(), cpu: process.cpuUsage() });

/** Milliseconds of this process, so that what else the machine does is not counted. */
function elapsed({ wall, cpu }) {
  const { user, system } = process.cpuUsage(cpu);
  return Math.min(performance.now() - wall, (user + system) / 1_000);
}

function attempt(line) {
  const scope = { $json: JSON.parse(json) };
  const started = startClock();
  try {
    const value = compileExpression(line).evaluate(scope);
    return { outcome: 'value', value, ms: elapsed(started), scope };
  } catch (error) {
    const outcome = error instanceof ExpressionError ? 'refused' : 'escaped';
    return { outcome, code: error.code ?? error.name, message: error.message, ms: elapsed(started), scope };
  }
}

function heap() {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function isPlain(value) {
  if (value === null || ['string', 'boolean'].includes(typeof value)) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Array.prototype && prototype !== Object.prototype) return false;
  return Reflect.ownKeys(value).every((key) => (key === 'length' && Array.isArray(value)) || isPlain(value[key]));
}

attempt('1 + 1');
for (const [index, line] of readFileSync(file, 'utf8').replace(/\n$/, '').split('\n').entries()) {
  let best;
  for (let round = 0; round <= RETRIES; round++) {
    globalThis.gc();
    const before = heap();
    const result = attempt(line);
    const bytes = heap() - before;
    best = {
      ...result,
      ms: Math.min(result.ms, best?.ms ?? Infinity),
      bytes: Math.min(bytes, best?.bytes ?? Infinity),
    };
    if (best.ms <= 50 && best.bytes <= 16 * 1024 * 1024) break;
  }
  const { outcome, code, message, ms, bytes, value, scope } = best;
  const report = {
    ...{ index, outcome, code, message: message?.slice(0, 200), ms, bytes },
    plain: outcome !== 'value' || isPlain(value),
    value: JSON.stringify(value)?.slice(0, 1_000),
    pwned: '__pwn' in globalThis || fingerprint() !== untouched || {}.polluted !== undefined,
    scopeChanged: JSON.stringify(scope.$json) !== json,
  };
  writeSync(1, `${JSON.stringify(report)}\n`);
}
