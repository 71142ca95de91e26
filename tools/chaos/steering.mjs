/** A person at the gateway who repeats every command under the same key until it is acknowledged. */
import { sleep } from './sleep.mjs';

const RETRY_MS = 250;
const LOOK_EVERY_MS = 400;
const ANSWER_MS = 8_000;
const ENDED = new Set(['completed', 'failed', 'cancelled', 'timed_out']);

export class Steering {
  accepted = 0;
  repeated = 0;
  stopped = false;
  /** Runs whose end is waited for, looked up together. */
  waiting = new Map();
  looking = null;

  constructor(stage) {
    this.stage = stage;
  }

  stop() {
    this.stopped = true;
    for (const done of this.waiting.values()) done();
  }

  /** 409 says that it has no object any more: it was accepted before, or the run has ended. */
  async post(path, body, key) {
    for (let tries = 0; !this.stopped; tries++) {
      if (tries > 0) this.repeated++;
      const answer = await this.fetch('POST', path, body, key);
      if (answer && (answer.status < 300 || answer.status === 409)) {
        this.accepted++;
        return answer.body;
      }
      if (answer && answer.status < 500 && answer.status !== 429)
        throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      await sleep(RETRY_MS);
    }
    return {};
  }

  async get(path) {
    const answer = await this.fetch('GET', path);
    return answer?.status === 200 ? answer.body : undefined;
  }

  async fetch(method, path, body, key) {
    try {
      const response = await fetch(`${this.stage.gatewayUrl}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.stage.token}`,
          ...(body && { 'content-type': 'application/json' }),
          ...(key && { 'idempotency-key': encodeURIComponent(key) }),
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      return { status: response.status, body: JSON.parse((await response.text()) || '{}') };
    } catch {
      return undefined;
    }
  }

  async until(condition) {
    while (!this.stopped && !(await condition())) await sleep(LOOK_EVERY_MS);
  }

  /** The terminal status; null while it goes on or nobody can say. */
  async status(id) {
    const { rows } = await this.rows([id]);
    return rows[0] && ENDED.has(rows[0].status) ? rows[0].status : null;
  }

  /** Resolves when the run has ended. */
  ended(id) {
    if (this.stopped) return Promise.resolve();
    this.looking ??= this.look();
    return new Promise((done) => this.waiting.set(id, done));
  }

  async look() {
    while (!this.stopped) {
      await sleep(LOOK_EVERY_MS);
      const { rows } = await this.rows([...this.waiting.keys()]);
      for (const { id, status } of rows) {
        if (!ENDED.has(status)) continue;
        this.waiting.get(id)?.();
        this.waiting.delete(id);
      }
    }
  }

  rows(ids) {
    return this.stage.database
      .query('SELECT id, status FROM executions.executions WHERE id = ANY ($1::uuid[])', [ids])
      .catch(() => ({ rows: [] }));
  }
}
