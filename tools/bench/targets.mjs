/** The performance budget. Where a peer took no part its targets stay open (`met: null`). */
export function judge(rows, singles) {
  const figure = (name, engine = 'ours') => rows.find((row) => row.name === name && row.engine === engine);
  const single = (wanted) => singles.find(({ name }) => name === wanted);
  const [remote, sequential, http, inline, starts] = ['remote', 'sequential', 'http', 'inline', 'starts'].map((name) =>
    figure(name),
  );
  const restate = figure('remote', 'restate');
  const dbos = figure('remote', 'dbos');
  const [growth, waiting, standalone, fairness, lists, analytics] = [
    'growth',
    'waiting',
    'standalone',
    'fairness',
    'lists',
    'analytics',
  ].map(single);
  return [
    atLeast('remote: 2x the steps/s of Restate', 2, ratio(remote, restate)),
    atLeast('remote: 3x the steps/s of Restate (stretch)', 3, ratio(remote, restate)),
    atMost('remote: half of the CPU a step of Restate', 0.5, quotient(remote?.cpuTotal, restate?.cpuTotal)),
    atLeast('remote: 6x the steps/s of DBOS', 6, ratio(remote, dbos)),
    atMost('sequential: p50 of Restate', 1, quotient(sequential?.p50, figure('sequential', 'restate')?.p50)),
    atLeast('http: 1.2x the steps/s of Restate', 1.2, ratio(http, restate)),
    atLeast('inline: 10x the steps/s of Restate', 10, ratio(inline, restate)),
    atLeast('starts: 3000/s', 3_000, starts?.perSecond),
    atMost('starts: p99 100 ms', 100, starts?.p99),
    atLeast('growth: 0.9 of the rate of empty tables', 0.9, growth?.ratio),
    atMost('waiting: all resumed', 0, waiting?.notResumed),
    atMost('fairness: twice the idle p99 of a start', 2, fairness?.startRatio),
    atMost('lists: slowest question, p95 50 ms', 50, lists?.slowestP95),
    atMost('analytics: slowest question, p95 50 ms', 50, analytics?.slowestP95),
    atMost('standalone: ready in 10 s', 10, standalone?.readySeconds),
    atMost('standalone: 450 MB', 450, standalone?.megabytes),
  ];
}

function ratio(one, other) {
  return quotient(one?.perSecond, other?.perSecond);
}

function quotient(one, other) {
  return one !== undefined && other ? one / other : undefined;
}

function atLeast(target, wanted, value) {
  return verdict(target, value, (known) => known >= wanted);
}

function atMost(target, wanted, value) {
  return verdict(target, value, (known) => known <= wanted);
}

function verdict(target, value, test) {
  const known = typeof value === 'number';
  return { target, value: known ? Number(value.toFixed(2)) : null, met: known ? test(value) : null };
}
