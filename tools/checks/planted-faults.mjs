import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { undeclared, unrecorded } from './audit-log.mjs';
import { nameFault } from './eslint/file-names.mjs';
import { tenantTables, unfencedStatements } from './tenant-sql.mjs';
import { ROOT } from './workspace.mjs';

const SETTINGS = [
  'eslint.config.mjs',
  '.dependency-cruiser.mjs',
  'tsconfig.base.json',
  'tsconfig.spec.json',
  'tools/checks/eslint',
  'nx.json',
];

/** A small workspace with one fault a file; what has to be said of it stands beside it. */
const PLANTED = {
  'apps/one/src/imports-app.ts': ["export { two } from '../../two/src/index.js';", /no-app-imports-app/, /^$/],
  'apps/two/src/index.ts': ["export const two = () => import('./imports-testing.js');"],
  'apps/two/src/imports-testing.ts': [
    "import '../../../libs/testing/src/index.js';\nexport const three = 3;",
    /testing-in-tests-only/,
    /^$/,
  ],
  'apps/two/src/reads-foreign-rows.ts': [
    "import '../../../libs/entities/src/one/index.js';",
    /own-entities-only/,
    /^$/,
  ],
  'libs/entities/src/one/index.ts': ['export const rows = 1;'],
  'libs/testing/src/index.ts': ['export const server = 1;'],
  'libs/engine/src/uses-node.ts': [
    "import { readFileSync } from 'node:fs';\nexport const text = readFileSync('x');",
    /pure-has-no-node/,
    /^$/,
  ],
  'libs/engine/src/ring-a.ts': ["import { b } from './ring-b.js';\nexport const a = () => b;", /no-circular/, /^$/],
  'libs/engine/src/ring-b.ts': ["import { a } from './ring-a.js';\nexport const b = () => a;"],
  'libs/engine/src/lonely.ts': ['export const lonely = 1;', /no-orphans[^\n]*lonely/, /^$/],
  'libs/engine/src/clock.ts': [
    'export const now = () => Date.now() + Math.random();',
    null,
    /no Date\.now[\s\S]*no Math\.random/,
  ],
  'libs/engine/src/code.ts': [
    'export const run = (text: string) => new Function(text) as () => void;',
    null,
    /no new Function/,
  ],
  'libs/engine/src/evaluates.ts': ['export const run = (text: string): unknown => eval(text);', null, /no eval/],
  'libs/engine/src/sandbox.ts': [
    "import vm from 'node:vm';\nexport const run = (text: string): unknown => vm.runInNewContext(text);",
    /no-code-runners|pure-has-no-node/,
    /no sandbox/,
  ],
  'libs/engine/src/nats.ts': [
    "import { connect } from '@nats-io/transport-node';\nexport const open = connect;",
    /nats-in-messaging-only/,
    /libs\/messaging only/,
  ],
  'libs/engine/src/environment.ts': ["export const home = process.env['HOME'];", null, /read in \*\.config\.ts only/],
  'libs/engine/src/utils.ts': ['export const x = 1;', null, /says nothing/],
  'libs/engine/src/promise.ts': [
    'export const later = async (): Promise<void> => undefined;\nexport function now(): void {\n  later();\n}',
    null,
    /no-floating-promises/,
  ],
  'libs/engine/src/default.ts': ['const x = 1;\nexport default x;', null, /Export by name/],
  'libs/engine/src/anything.ts': ['export const x = (y: any): string => String(y);', null, /no-explicit-any/],
  'libs/engine/src/long.ts': [
    `export function long(): void {\n${'  String(1);\n'.repeat(61)}}\n${'// x\n'.repeat(200)}`,
    null,
    /max-lines\b[\s\S]*max-lines-per-function|max-lines-per-function[\s\S]*max-lines\b/,
  ],
};

const ACCESS = `import { defineCommand, DoneReply } from '@rpa/contracts';
export const open = defineCommand({
  subject: 'rpc.auth.v1.door.open', owner: 'auth', summary: 'Open', ACCESS
  request: DoneReply, reply: DoneReply, example: { request: {}, reply: {} },
});
`;

function run(cwd, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd, env: { ...process.env, NX_DAEMON: 'false', FORCE_COLOR: '0' } });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (status) => resolve({ status, output }));
  });
}

function plant(folder) {
  for (const file of SETTINGS) cpSync(join(ROOT, file), join(folder, file), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  const write = (file, text) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  write('package.json', JSON.stringify({ name: 'planted', type: 'module', workspaces: ['libs/*', 'apps/*'] }));
  for (const [project, tag] of Object.entries({
    'libs/engine': 'pure',
    'libs/entities': 'entities',
    'libs/testing': 'testing',
    'apps/one': 'app',
    'apps/two': 'app',
  }))
    write(
      `${project}/package.json`,
      JSON.stringify({ name: `@planted/${project.split('/')[1]}`, type: 'module', nx: { tags: [`type:${tag}`] } }),
    );
  for (const [file, [text]] of Object.entries(PLANTED)) write(file, `${text}\n`);
  write('libs/access/src/without.ts', ACCESS.replace('ACCESS', ''));
  write('libs/access/src/with.ts', ACCESS.replace('ACCESS', "access: { services: ['gateway'] },"));
}

function unsaid(folder, { cruised, linted }) {
  const messages = JSON.parse(linted.output.slice(linted.output.indexOf('[')));
  const textOf = (file) =>
    messages
      .filter(({ filePath }) => filePath.endsWith(`/${file}`))
      .flatMap((result) => result.messages.map(({ ruleId, message }) => `${ruleId} ${message}`))
      .join('\n');
  const faults = [];
  for (const [file, [, byCruiser, byEslint]] of Object.entries(PLANTED)) {
    const lines = cruised.output
      .split('\n')
      .filter((line) => line.includes(file))
      .join('\n');
    if (byCruiser && !byCruiser.test(lines))
      faults.push(`dependency-cruiser does not say ${byCruiser} of ${file}: ${lines}`);
    if (byEslint && byEslint.source !== '^$' && !byEslint.test(textOf(file)))
      faults.push(`eslint does not say ${byEslint} of ${file}: ${textOf(file)}`);
  }
  const crossing = textOf('apps/one/src/imports-app.ts');
  if (!/enforce-module-boundaries/.test(crossing)) faults.push(`eslint lets an app import an app: ${crossing}`);
  return faults;
}

function unseenStatements() {
  const tables = tenantTables([
    'CREATE TABLE shop.orders (\n  organization_id uuid NOT NULL)`',
    'CREATE TABLE shop.system (id int)`',
  ]);
  const bad = unfencedStatements(
    'x.ts',
    'q(`SELECT * FROM shop.orders WHERE id = $1`); q("DELETE FROM orders");',
    tables,
  );
  const good = unfencedStatements(
    'x.ts',
    'q(`SELECT 1 FROM shop.orders WHERE organization_id = $1`); q("SELECT 1 FROM shop.system")',
    tables,
  );
  return bad.length === 2 && good.length === 0 ? [] : ['the tenant check does not tell fenced statements from others'];
}

function unrecordedCommands() {
  const command = (verb, audit) => ({ subject: `rpc.shop.v1.order.${verb}`, owner: 'shop', access: {}, audit });
  const commands = [command('get'), command('drop'), command('sell', 'order.sold'), command('buy', 'order.bought')];
  const silent = undeclared(commands);
  const forgotten = unrecorded(commands, () => "audit.record({ action: 'order.sold' })", {});
  const finds = silent.length === 1 && forgotten.length === 1 && /order\.bought/.test(forgotten[0]);
  return finds ? [] : ['the audit check does not tell commands that are recorded from others'];
}

/** A check that finds nothing proves nothing: plants one fault of each kind in a copy, and expects to hear of every one. */
export async function checkPlantedFaults() {
  const folder = mkdtempSync(join(tmpdir(), 'planted-'));
  try {
    plant(folder);
    const bin = (path) => join(ROOT, 'node_modules', path);
    const compile = (file) => run(folder, [bin('typescript7/bin/tsc'), '-p', `tsconfig.${file}.json`]);
    for (const file of ['with', 'without'])
      writeFileSync(
        join(folder, `tsconfig.${file}.json`),
        JSON.stringify({ extends: './tsconfig.spec.json', include: [`libs/access/src/${file}.ts`] }),
      );
    const graph = await run(folder, [bin('nx/dist/bin/nx.js'), 'show', 'projects']);
    const [cruised, linted] = await Promise.all([
      run(folder, [
        bin('dependency-cruiser/bin/dependency-cruise.mjs'),
        '--config',
        '.dependency-cruiser.mjs',
        '--no-cache',
        'libs',
        'apps',
      ]),
      run(folder, [bin('eslint/bin/eslint.js'), '-f', 'json', 'libs/engine', 'apps']),
    ]);
    const [withAccess, without] = [await compile('with'), await compile('without')];
    return [
      ...(graph.status === 0 ? [] : [`nx: ${graph.output}`]),
      ...unsaid(folder, { cruised, linted }),
      ...(withAccess.status === 0 ? [] : [`a command with access does not compile: ${withAccess.output}`]),
      ...(without.status !== 0 && /'access' is missing/.test(without.output)
        ? []
        : ['a command without access compiles']),
      ...(nameFault('libs/x/src/string-helpers.ts') && !nameFault('libs/x/src/start-run.ts') ? [] : ['file names']),
      ...unseenStatements(),
      ...unrecordedCommands(),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
