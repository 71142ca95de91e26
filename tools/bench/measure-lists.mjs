import { fillRuns } from './fill-runs.mjs';
import { median } from './measure.mjs';

const WARM_UP = 5;
const REQUESTS = 60;

/** Ways to look for executions: every filter alone, some together, both orders, and far into the pages. */
async function listCases(get) {
  const newest = (await get('/executions?limit=200')).data;
  const { workflowId, workflowVersion } = newest[0];
  const at = (days) => new Date(Date.now() - days * 86_400_000).toISOString();
  let deep = null;
  for (let page = 0; page < 20; page++)
    deep = (await get(`/executions?limit=200${deep ? `&cursor=${deep}` : ''}`)).nextCursor;
  return {
    newest: '/executions',
    oldest: '/executions?sort=createdAt',
    changed: '/executions?sort=-updatedAt',
    deep: `/executions?limit=200&cursor=${deep}`,
    workflow: `/executions?workflowId=${workflowId}`,
    version: `/executions?workflowId=${workflowId}&version=${workflowVersion}`,
    oldVersion: `/executions?workflowId=${workflowId}&version=2`,
    failed: '/executions?status=failed',
    waiting: '/executions?status=waiting',
    failedOfWorkflow: `/executions?workflowId=${workflowId}&status=failed`,
    trigger: '/executions?trigger=webhook',
    rareTrigger: '/executions?trigger=mail',
    time: `/executions?from=${at(45)}&to=${at(44)}`,
    failedThen: `/executions?status=failed&from=${at(80)}&to=${at(79)}`,
    label: '/executions?label=region:eu',
    rareLabel: '/executions?label=region:antarctica',
    businessKey: '/executions?businessKey=order-500000',
    rareWord: '/executions?search=warehouse',
    commonWord: '/executions?search=timed',
    oneError: '/executions?search=order%20400001',
    tests: '/executions?test=true',
  };
}

async function analyticsCases(get) {
  const { workflowId } = (await get('/analytics/workflows/performance?limit=1')).data[0];
  const from = new Date(Date.now() - 90 * 86_400_000).toISOString();
  return {
    overviewWeek: '/analytics/overview',
    overviewQuarter: `/analytics/overview?from=${from}`,
    timelineHours: '/analytics/executions/timeline?interval=hour',
    timelineQuarter: `/analytics/executions/timeline?from=${from}`,
    timelineOfWorkflow: `/analytics/executions/timeline?from=${from}&workflowId=${workflowId}`,
    performanceWeek: '/analytics/workflows/performance',
    performanceQuarter: `/analytics/workflows/performance?from=${from}&limit=200`,
    steps: `/analytics/workflows/${workflowId}/steps?from=${from}`,
  };
}

export const measureLists = (bench) => measure(bench, 'lists of executions over HTTP', listCases);
export const measureAnalytics = (bench) => measure(bench, 'analytics over HTTP', analyticsCases);

/** Each question by itself, one request after the other: p50 and p95 in milliseconds. */
async function measure({ product, workflows, stage, short, say }, what, casesOf) {
  const count = short ? 100_000 : 1_000_000;
  await product.runOverNats(workflows.short);
  await fillRuns(stage.databaseUrl, count, say);
  const get = async (path) => {
    const answer = await product.pool.request({ method: 'GET', path: `/api/v1${path}`, headers: product.headers });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`GET ${path}: ${answer.statusCode} ${text.slice(0, 300)}`);
    return JSON.parse(text);
  };
  const told = [];
  for (const [name, path] of Object.entries(await casesOf(get))) {
    const took = [];
    for (let n = 0; n < WARM_UP + REQUESTS; n++) {
      const from = performance.now();
      await get(path);
      if (n >= WARM_UP) took.push(performance.now() - from);
    }
    took.sort((one, other) => one - other);
    const [p50, p95] = [median(took), took[Math.floor(took.length * 0.95)]];
    say(`  ${name.padEnd(20)} p50 ${p50.toFixed(1)} ms   p95 ${p95.toFixed(1)} ms`);
    told.push({ name, p50, p95 });
  }
  const slowest = told.reduce((worst, each) => (each.p95 > worst.p95 ? each : worst));
  return {
    what: `${what} with ${count} executions`,
    executions: count,
    slowest: slowest.name,
    slowestP50: Math.max(...told.map(({ p50 }) => p50)),
    slowestP95: slowest.p95,
    questions: Object.fromEntries(told.map(({ name, p50, p95 }) => [name, { p50, p95 }])),
  };
}
