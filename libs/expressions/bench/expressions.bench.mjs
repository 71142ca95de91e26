/**
 * Microseconds per evaluation of compiled expressions, beside native code and the other safe evaluators of npm, in one run
 * on one machine. Usage: node bench/expressions.bench.mjs [--json], after `tsc -b`.
 */
import { Environment } from '@marcbachmann/cel-js';
import jexl from 'jexl';
import jsonata from 'jsonata';
import { compileExpression } from '../dist/index.js';

/** Executions bring data of many shapes, so every contender gets the same scopes in turn, as JSON.parse makes them. */
const SHAPES = 16;
const scopes = Array.from({ length: SHAPES }, (_scope, shape) => {
  const extra = Object.fromEntries(
    Array.from({ length: shape % 5 }, (_key, index) => [`extra${shape}${index}`, index]),
  );
  const items = Array.from({ length: 20 }, (_item, index) => {
    const item = { name: `item ${index}`, price: index, qty: index % 4 };
    return shape % 2 ? { ...extra, ...item } : { ...item, ...extra };
  });
  const output = { status: 200, ...extra, name: 'Ada Lovelace', items };
  const text = JSON.stringify({
    steps: { ...extra, fetch: { output } },
    inputs: { orderId: 'A-17', ...extra, limit: 10 },
  });
  return JSON.parse(text);
});
let turn = 0;
const next = () => scopes[(turn = (turn + 1) % SHAPES)];

jexl.addTransform('count', (list) => list.length);
jexl.addTransform('upper', (text) => text.toUpperCase());
const cel = new Environment({ unlistedVariablesAreDyn: true });

const CASES = [
  {
    name: 'path compare',
    native: (s) => s.steps.fetch.output.status === 200,
    ours: 'steps.fetch.output.status == 200',
    cel: 'steps.fetch.output.status == 200.0',
    jexl: 'steps.fetch.output.status == 200',
    jsonata: 'steps.fetch.output.status = 200',
    most: { microseconds: 0.2 },
  },
  {
    name: 'filter 20 items and count',
    native: (s) => s.steps.fetch.output.items.filter((i) => i.price > 10).length,
    ours: 'steps.fetch.output.items.filter(i => i.price > 10).length',
    cel: 'size(steps.fetch.output.items.filter(i, i.price > 10.0))',
    jexl: 'steps.fetch.output.items[.price > 10]|count',
    jsonata: '$count(steps.fetch.output.items[price > 10])',
    most: { timesNative: 4 },
  },
  {
    name: 'map 20 items to a product',
    native: (s) => s.steps.fetch.output.items.map((i) => i.price * i.qty),
    ours: 'steps.fetch.output.items.map(i => i.price * i.qty)',
    cel: 'steps.fetch.output.items.map(i, i.price * i.qty)',
    jsonata: 'steps.fetch.output.items.(price * qty)',
    most: { timesNative: 4 },
  },
  {
    name: 'text of two values',
    native: (s) => s.inputs.orderId + ': ' + s.steps.fetch.output.name,
    ours: "inputs.orderId + ': ' + steps.fetch.output.name",
    cel: "inputs.orderId + ': ' + steps.fetch.output.name",
    jexl: "inputs.orderId + ': ' + steps.fetch.output.name",
    jsonata: "inputs.orderId & ': ' & steps.fetch.output.name",
  },
  {
    name: 'condition of three parts',
    native: (s) => s.steps.fetch.output.status >= 200 && s.inputs.limit < 100 && s.inputs.orderId !== '',
    ours: "steps.fetch.output.status >= 200 && inputs.limit < 100 && inputs.orderId != ''",
    cel: "steps.fetch.output.status >= 200.0 && inputs.limit < 100.0 && inputs.orderId != ''",
    jexl: "steps.fetch.output.status >= 200 && inputs.limit < 100 && inputs.orderId != ''",
    jsonata: "steps.fetch.output.status >= 200 and inputs.limit < 100 and inputs.orderId != ''",
  },
  {
    name: 'regular expression on a short text',
    native: (s) => /^[A-Z]-\d+$/.test(s.inputs.orderId),
    ours: '/^[A-Z]-\\d+$/.test(inputs.orderId)',
    cel: 'inputs.orderId.matches("^[A-Z]-[0-9]+$")',
    jsonata: '$contains(inputs.orderId, /^[A-Z]-[0-9]+$/)',
  },
];

const ROUNDS = 5;
const ROUND_MS = 60;

/** The best of several rounds: what else the machine did can only have made it slower. */
async function measure(run) {
  let best = Infinity;
  let batch = 1;
  for (let round = 0; round <= ROUNDS;) {
    const started = performance.now();
    for (let index = 0; index < batch; index++) {
      const result = run();
      if (result instanceof Promise) await result;
    }
    const elapsed = performance.now() - started;
    if (elapsed < ROUND_MS) batch = Math.ceil(batch * Math.min(10, (1.2 * ROUND_MS) / Math.max(elapsed, 0.01)));
    else {
      best = Math.min(best, (elapsed * 1_000) / batch);
      round++;
    }
  }
  return best;
}

function runners({ native, ours, cel: celSource, jexl: jexlSource, jsonata: jsonataSource }) {
  const compiled = compileExpression(ours);
  const list = { native: () => native(next()), ours: () => compiled.evaluate(next()) };
  if (celSource) {
    const parsed = cel.parse(celSource);
    list['cel-js'] = () => parsed(next());
  }
  if (jexlSource) {
    const expression = jexl.compile(jexlSource);
    list.jexl = () => expression.evalSync(next());
  }
  if (jsonataSource) {
    const expression = jsonata(jsonataSource);
    list.jsonata = () => expression.evaluate(next());
  }
  return list;
}

const plain = (value) => JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? Number(part) : part));
let failed = false;
for (const one of CASES) {
  const row = { case: one.name };
  const wanted = plain(one.native(scopes[0]));
  for (const [name, run] of Object.entries(runners(one))) {
    try {
      const got = plain(await run());
      if (got !== wanted) throw new Error(`gives ${got}`);
      row[name] = Number((await measure(run)).toFixed(3));
    } catch (error) {
      row[name] = `cannot: ${error.message.split('\n')[0]}`;
    }
  }
  const rivals = ['cel-js', 'jexl', 'jsonata'].map((name) => row[name]).filter((value) => typeof value === 'number');
  row.ok =
    rivals.every((value) => row.ours < value) &&
    row.ours <= (one.most?.microseconds ?? Infinity) &&
    row.ours <= (one.most?.timesNative ?? Infinity) * row.native;
  failed ||= !row.ok;
  console.log(JSON.stringify(row));
}
process.exitCode = failed ? 1 : 0;
