import { createServer } from 'node:http';
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { median } from './measure.mjs';
import { findNode, openPeers } from './open-peers.mjs';
import { chain, Product } from './product.mjs';
import { printRow, printSingle, printTargets } from './report.mjs';
import { measureRound, measureSingles, ROW_NAMES } from './rows.mjs';
import { openStage } from './stage.mjs';
import { judge } from './targets.mjs';

const OPTIONS = {
  json: { type: 'boolean', default: false },
  short: { type: 'boolean', default: false },
  only: { type: 'string' },
  rounds: { type: 'string' },
  profile: { type: 'string' },
  'no-peers': { type: 'boolean', default: false },
};

/** Measures and prints; the last line is one JSON object. */
export async function runBench(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const { only, short } = values;
  if (only && !ROW_NAMES.includes(only)) throw new Error(`--only takes one of ${ROW_NAMES.join(', ')}.`);
  const rounds = Number(values.rounds ?? (short ? 1 : 3));
  const times = short ? { warmUpMs: 3_000, measureMs: 3_000 } : { warmUpMs: 5_000, measureMs: 10_000 };
  const say = (line) => console.log(line);
  const loadBefore = loadavg();
  const bench = await openBench({ short, times, say, peers: !values['no-peers'], profileDir: values.profile });
  try {
    const rows = summarize(await measureAll(bench, only, rounds));
    const singles = [];
    for await (const single of measureSingles(bench, only)) {
      printSingle(single, say);
      singles.push(single);
    }
    for (const row of rows) printRow(row, say);
    const targets = judge(rows, singles);
    printTargets(targets, say);
    const machine = { cpus: availableParallelism(), node: bench.node.version, loadBefore, loadAfter: loadavg() };
    const { missing } = bench;
    process.stdout.write(`${JSON.stringify({ machine, short, rounds, rows, singles, targets, missing })}\n`);
  } finally {
    await bench.close();
  }
}

async function openBench({ short, times, say, peers: wanted, profileDir }) {
  const node = await findNode(wanted, say);
  const stage = await openStage({ node: node.path, profileDir, say });
  const sink = await openSink();
  const { peers, missing } = wanted ? await openPeers(stage, node.path, say) : { peers: {}, missing: {} };
  const product = new Product(stage);
  const closeOnce = once(async () => {
    await product.close().catch(() => undefined);
    for (const peer of Object.values(peers)) await peer.close();
    sink.server.close();
    sink.server.closeAllConnections();
    await stage.close();
  });
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => void closeOnce().then(() => process.exit(130)));
  const workflows = {
    noop: await product.publish('noop', chain({ type: 'noop', config: { value: 1 } })),
    inline: await product.publish('inline', chain({ type: 'transform', config: { value: '{{ 1 + 1 }}' } })),
    short: await product.publish('short', {
      format: 1,
      steps: [{ id: 's1', type: 'transform', config: { value: 1 } }],
    }),
    http: await product.publish('http', chain({ type: 'http_request', config: { method: 'GET', url: sink.url } })),
  };
  const profile = () => profileDir && stage.signal('SIGUSR2');
  return {
    short,
    times,
    say,
    profile,
    node,
    stage,
    dir: stage.dir,
    peers,
    missing,
    product,
    workflows,
    close: closeOnce,
  };
}

/** What the http_request steps call. */
async function openSink() {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end('{"ok":true}');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${server.address().port}/` };
}

async function measureAll(bench, only, rounds) {
  const measured = new Map();
  for (let round = 1; round <= rounds; round++)
    for await (const { row, engine, measured: figures } of measureRound(bench, only)) {
      const rate = Math.round(figures.perSecond * row.perRun);
      bench.say(`round ${round}: ${row.name} ${engine} ${rate} ${row.unit}s/s, p50 ${figures.p50.toFixed(1)} ms`);
      const key = `${row.name} ${engine}`;
      const entry = measured.get(key) ?? { row, engine, figures: [] };
      entry.figures.push(figures);
      measured.set(key, entry);
    }
  return [...measured.values()];
}

/** The median of the rounds, figure by figure. */
function summarize(entries) {
  return entries.map(({ row, engine, figures }) => {
    const middle = (read) => median(figures.map(read));
    const cpu = Object.keys(figures[0].cpu).map((name) => [name, middle((f) => f.cpu[name]) / row.perRun]);
    return {
      name: row.name,
      engine,
      what: row.what,
      unit: row.unit,
      perSecond: middle((f) => f.perSecond) * row.perRun,
      p50: middle((f) => f.p50),
      p99: middle((f) => f.p99),
      cpuMicroseconds: Object.fromEntries(cpu),
      cpuTotal: cpu.reduce((sum, [name, used]) => sum + (name === 'driver' ? 0 : used), 0),
    };
  });
}

function once(work) {
  let running;
  return () => (running ??= work());
}
