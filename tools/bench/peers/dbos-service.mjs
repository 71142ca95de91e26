/** Ten checkpointed steps that do nothing, as a DBOS workflow behind a plain HTTP server. */
import { createServer } from 'node:http';
import { DBOS } from '@dbos-inc/dbos-sdk';

const STEPS = Number(process.env.BENCH_STEPS);

DBOS.setConfig({
  name: 'bench',
  systemDatabaseUrl: process.env.DATABASE_URL,
  runAdminServer: false,
  logLevel: 'error',
});

async function run() {
  let last = 0;
  for (let step = 0; step < STEPS; step++) last = await DBOS.runStep(async () => step + 1, { name: `s${step}` });
  return last;
}

const workflow = DBOS.registerWorkflow(run, { name: 'run' });
await DBOS.launch();

const server = createServer(async (request, response) => {
  request.resume();
  try {
    response.end(JSON.stringify(await workflow()));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(Number(process.env.PORT), '127.0.0.1');
