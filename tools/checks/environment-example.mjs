import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurations, read, ROOT } from './workspace.mjs';

const FILE = '.env.example';
const HEADER = `# Every environment variable of every service. Written from the *.config.ts by
# \`node tools/environment-example.mjs\`. What is commented out has the default that is shown; \`npm start\` needs none of it.
# A variable marked secret can also be given as <NAME>_FILE, the path of a file that holds it.
`;

async function render() {
  const variables = new Map();
  for (const { app, variables: own } of await configurations())
    for (const variable of Object.values(own)) {
      const known = variables.get(variable.env) ?? { ...variable, apps: [], defaults: new Set() };
      known.apps.push(app);
      known.defaults.add(variable.defaultText);
      variables.set(variable.env, known);
    }
  const blocks = [...variables.values()]
    .sort((one, other) => one.env.localeCompare(other.env, 'en'))
    .map(({ env, description, secret, apps, defaults }) => {
      const defaultText = [...defaults].sort().join(' | ');
      const users = [...new Set(apps)].sort().join(', ');
      return `# ${description}${secret ? '; secret' : ''}\n# Read by: ${users}\n# ${env}=${defaultText}\n`;
    });
  return { text: [HEADER, ...blocks].join('\n'), count: blocks.length };
}

/** `.env.example` tells what the services read. */
export async function checkEnvironmentExample() {
  const { text, count } = await render();
  if (count === 0) return ['no configuration was found: build first'];
  if (existsSync(join(ROOT, FILE)) && read(FILE) === text) return [];
  return [`${FILE} is not current: run node tools/environment-example.mjs`];
}

export async function writeEnvironmentExample() {
  writeFileSync(join(ROOT, FILE), (await render()).text);
}
