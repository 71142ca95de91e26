/** What the product is asked to do: workflows of ten steps, started over NATS as services do it, or over HTTP. */
import { startExecution } from '@rpa/contracts';
import { Pool } from 'undici';

export const STEPS = 10;
const WAIT_MS = 50_000;

export function chain(step) {
  const steps = Array.from({ length: STEPS }, (_, index) => ({
    id: `s${index + 1}`,
    ...step,
    ...(index + 1 < STEPS && { next: [`s${index + 2}`] }),
  }));
  return { format: 1, steps };
}

export class Product {
  constructor(stage) {
    this.stage = stage;
    this.pool = new Pool(stage.url, { connections: 256, pipelining: 1, bodyTimeout: 0, headersTimeout: 0 });
    this.headers = { authorization: `Bearer ${stage.token}`, 'content-type': 'application/json' };
  }

  /** Returns the id of the published workflow. */
  async publish(name, definition) {
    const { id } = await this.post('/workflows', { name, definition }, 201);
    await this.post(`/workflows/${id}/publish`, {}, 200);
    return id;
  }

  async post(path, body, expected) {
    const answer = await this.pool.request({
      method: 'POST',
      path: `/api/v1${path}`,
      headers: this.headers,
      body: JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode !== expected) throw new Error(`POST ${path}: ${answer.statusCode} ${text.slice(0, 500)}`);
    return JSON.parse(text);
  }

  /** Starts over `rpc.executions` and waits for the end. */
  async runOverNats(workflowId) {
    const { bus, token } = this.stage;
    const reply = await bus.request(startExecution, { workflowId, waitMs: WAIT_MS }, { principal: token });
    assertCompleted(reply.execution);
  }

  /** Starts over HTTP and waits for the end. */
  async runOverHttp(workflowId) {
    assertCompleted(await this.post(`/workflows/${workflowId}/execute?wait=50s`, {}, 200));
  }

  /** Starts over HTTP; settles when the start is durable. */
  startOverHttp(workflowId) {
    return this.post(`/workflows/${workflowId}/execute`, {}, 202);
  }

  close() {
    return this.pool.close();
  }
}

function assertCompleted(execution) {
  if (execution?.status !== 'completed')
    throw new Error(`A run did not complete: ${JSON.stringify(execution)?.slice(0, 500)}`);
}
