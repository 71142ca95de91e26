import { secondsSinceStart } from './progress.js';
import type { DemoAccount, DemoShown } from './demo/prepare-demo.js';
import type { ProcessRow } from './start-processes.js';
import { dataDirOf, type StandaloneConfig } from './standalone.config.js';

export interface BannerFacts {
  config: StandaloneConfig;
  url: string;
  natsUrl: string;
  demo: DemoShown | null;
  /** One row a process, when the services run apart. */
  processes?: ProcessRow[];
}

/** The last thing that a start prints: where everything is, and a first command to copy. */
export function printBanner(facts: BannerFacts): void {
  const lines = [
    '',
    `RPA Automation Engine is ready (${secondsSinceStart()} s)`,
    '',
    ...(facts.processes ?? []).map(
      (row) => `  ${row.service.padEnd(18)} pid ${String(row.pid).padEnd(8)} ${row.probes}`,
    ),
    ...(facts.processes ? [''] : []),
    ...demoLines(facts.demo),
    `  URL    ${facts.url}  (API documentation: ${facts.url}/docs)`,
    `  NATS   ${facts.natsUrl}`,
    `  Data   ${dataDirOf(facts.config)}`,
    '',
    'First command to copy:',
    '',
    ...firstCommand(facts),
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function demoLines(demo: DemoShown | null): string[] {
  if (!demo) return [];
  const lines = [`  Demo account   ${demo.account.email}  password ${demo.account.password}`];
  if (demo.run)
    lines.push(
      `  Demo run       ${demo.run.workflow}: ${demo.run.status} in ${demo.run.durationMs} ms`,
      ...JSON.stringify(demo.run.output, null, 2)
        .split('\n')
        .map((line) => `                 ${line}`),
    );
  if (demo.note) lines.push(`  Demo           ${demo.note}`);
  return [...lines, ''];
}

function firstCommand(facts: BannerFacts): string[] {
  if (!facts.demo)
    return [
      `  curl -s ${facts.url}/api/v1/auth/register -H 'content-type: application/json' \\`,
      `    -d '{"email":"you@example.com","password":"choose a long one","firstName":"Ada","lastName":"Lovelace","organizationName":"Example"}'`,
    ];
  const lines = [`  TOKEN=$(${loginCommand(facts.url, facts.demo.account)})`];
  const path = facts.demo.run ? `/executions/${facts.demo.run.executionId}/journal` : '/executions';
  return [...lines, `  curl -s ${facts.url}/api/v1${path} -H "authorization: Bearer $TOKEN"`];
}

function loginCommand(url: string, account: DemoAccount): string {
  const body = JSON.stringify({ email: account.email, password: account.password });
  return `curl -s ${url}/api/v1/auth/login -H 'content-type: application/json' -d '${body}' | node -p 'JSON.parse(fs.readFileSync(0)).accessToken'`;
}
