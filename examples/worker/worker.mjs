#!/usr/bin/env node
/**
 * A complete step worker with nothing but a NATS client; docs/guides/workers.md explains every message.
 *
 *   NATS_URL=... NATS_USER=worker NATS_PASSWORD=... IDENTITY_KEY=... TRUSTED_KEYS=... node examples/worker/worker.mjs
 */
import { randomUUID } from 'node:crypto';
import { connect } from '@nats-io/transport-node';
import { newKeyPair, openCredential } from './credential.mjs';
import { createRequests } from './requests.mjs';
import { steps } from './steps.mjs';

const POOL = 'acme';
const CAPACITY = 10;
const ANNOUNCE_MS = 500;
const CATALOG_MS = 30_000;
const REPORT_AFTER_MS = 1_000;
const MAX_PAUSE_MS = 30_000;
const MAX_OUTPUT_BYTES = 32 * 1024;
const REMEMBERED = 1_000;

const { NATS_URL, NATS_USER = 'worker', NATS_PASSWORD, IDENTITY_KEY, TRUSTED_KEYS } = process.env;
const worker = `acme-${randomUUID()}`;
const types = new Map(steps.map((step) => [step.descriptor.type, step]));
const connection = await connect({
  servers: NATS_URL,
  user: NATS_USER,
  pass: NATS_PASSWORD,
  inboxPrefix: `_INBOX_${NATS_USER}`,
  maxReconnectAttempts: -1,
});
const request = createRequests(connection, { identityKey: IDENTITY_KEY, trustedKeys: TRUSTED_KEYS });

/** Attempts that run, or whose result nobody has acknowledged. */
const attempts = new Map();
/** Attempts that were acknowledged: a late copy of their task does nothing. */
const settled = new Set();
let draining = false;

const keyOf = ({ executionId, path, attempt }) => `${executionId} ${attempt} ${path}`;
const refOf = ({ executionId, path, attempt, delivery }) => ({ executionId, path, attempt, delivery });
const free = () => (draining ? 0 : Math.max(0, CAPACITY - attempts.size));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function announce() {
  const running = {};
  for (const { task } of attempts.values()) (running[task.owner] ??= []).push(refOf(task));
  const said = { worker, pool: POOL, types: [...types.keys()], capacity: CAPACITY, free: free(), running };
  connection.publish('task.announce', JSON.stringify({ ...said, ...(draining && { draining }) }));
}

function take(msg) {
  const task = msg.json();
  const key = keyOf(task);
  const known = attempts.get(key);
  if (known) {
    // Sent again while it runs, or after its answer was lost: the one attempt answers for both.
    known.task = { ...known.task, owner: task.owner, delivery: Math.max(task.delivery, known.task.delivery) };
    known.asked.push(msg);
    if (known.result) answer(known);
  } else if (settled.has(key)) return;
  else if (free() === 0) msg.respond(JSON.stringify({ busy: true, worker }));
  else {
    const attempt = {
      task,
      asked: [msg],
      controller: new AbortController(),
      startedAt: performance.now(),
      pause: REPORT_AFTER_MS,
    };
    attempts.set(key, attempt);
    void work(key, attempt);
  }
}

async function work(key, attempt) {
  const { task } = attempt;
  const mayBegin = task.sideEffect !== 'once' || (await requestStart(task));
  const outcome = mayBegin ? await run(attempt) : null;
  // Nobody knows what happened, or it was not begun: silence. The owner asks a person, or sends it again.
  if (!outcome || attempt.aborted) return attempts.delete(key);
  attempt.outcome = outcome;
  attempt.result = true;
  attempt.tookMs = Math.round(performance.now() - attempt.startedAt);
  attempt.reportAt = Date.now() + REPORT_AFTER_MS;
  answer(attempt);
}

function resultOf({ task, outcome, tookMs }) {
  return { ...refOf(task), organizationId: task.organizationId, worker, outcome, tookMs };
}

/** A request is answered once. */
function answer(attempt) {
  for (const msg of attempt.asked.splice(0)) msg.respond(JSON.stringify(resultOf(attempt)));
}

async function run({ task, controller }) {
  const timer = setTimeout(() => controller.abort(new Error('timeout')), task.timeoutMs);
  try {
    const { run: perform, descriptor } = types.get(task.type);
    if (descriptor.version !== task.typeVersion)
      return failure('type_version_unavailable', `This worker runs version ${descriptor.version}.`);
    const credential = () => redeem(task);
    const output = (await perform({ ...task, credential, signal: controller.signal })) ?? null;
    const bytes = Buffer.byteLength(JSON.stringify(output));
    if (bytes > MAX_OUTPUT_BYTES) return failure('output_too_large', `The output has ${bytes} bytes.`);
    return { status: 'completed', output };
  } catch (error) {
    // An error without a code is none that the step foresaw: of a `once` step nobody knows then what it has done.
    if (!error.code && task.sideEffect === 'once') return null;
    if (controller.signal.aborted) return failure('timeout', `It took more than ${task.timeoutMs} ms.`, true);
    return failure(error.code ?? 'step_failed', error.message, error.retryable === true);
  } finally {
    clearTimeout(timer);
  }
}

function failure(code, message, retryable = false) {
  return { status: 'failed', error: { code, message, retryable } };
}

async function requestStart({ executionId, path, attempt, organizationId }) {
  const asked = { executionId, path, attempt, worker };
  const answered = await request('rpc.executions.v1.step.request-start', asked, organizationId).catch(() => null);
  return answered?.granted === true;
}

async function redeem({ credentialGrant: grant, organizationId }) {
  if (!grant) return null;
  const own = newKeyPair();
  const asked = { grant, publicKey: own.publicKey };
  const { sealed } = await request('rpc.credentials-vault.v1.grant.redeem', asked, organizationId);
  return openCredential(sealed, own, grant);
}

function obey(msg) {
  const control = msg.json();
  if (control.kind === 'ack') for (const ref of control.tasks) settle(keyOf(ref));
  if (control.kind !== 'abort') return;
  const attempt = attempts.get(keyOf(control.task));
  if (!attempt) return;
  attempt.aborted = true;
  attempt.controller.abort(new Error('aborted'));
}

function settle(key) {
  if (!attempts.delete(key)) return;
  settled.add(key);
  if (settled.size > REMEMBERED) settled.delete(settled.values().next().value);
}

/** What no owner has acknowledged is told to whichever replica answers, with growing pauses. */
async function report() {
  for (const [key, attempt] of attempts) {
    if (!attempt.result || attempt.reportAt > Date.now()) continue;
    attempt.pause = Math.min(MAX_PAUSE_MS, attempt.pause * 2);
    attempt.reportAt = Date.now() + attempt.pause;
    const { organizationId } = attempt.task;
    await request('rpc.executions.v1.result.report', { result: resultOf(attempt) }, organizationId).then(
      () => settle(key),
      () => undefined,
    );
  }
}

function tellCatalog() {
  const body = { source: 'acme-example', types: steps.map((step) => step.descriptor) };
  request('rpc.workflows.v1.step-type.announce', body).then(
    () => setTimeout(tellCatalog, CATALOG_MS),
    () => setTimeout(tellCatalog, 1_000),
  );
}

async function stop() {
  draining = true;
  announce();
  for (let waited = 0; attempts.size > 0 && waited < 10_000; waited += 100) await sleep(100);
  await connection.drain();
  process.exit(0);
}

connection.subscribe(`task.worker.${worker}`, { callback: (error, msg) => !error && obey(msg) });
for (const type of types.keys())
  connection.subscribe(`task.direct.${POOL}.${type}`, {
    queue: 'workers',
    callback: (error, msg) => !error && take(msg),
  });
tellCatalog();
announce();
setInterval(announce, ANNOUNCE_MS);
let reporting = false;
setInterval(async () => {
  if (reporting) return;
  reporting = true;
  await report();
  reporting = false;
}, 200);
process.once('SIGTERM', stop).once('SIGINT', stop);
console.log(`worker ${worker} is up`);
