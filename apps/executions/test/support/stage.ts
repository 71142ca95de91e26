import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import {
  getExecution,
  readJournal,
  startExecution,
  type ExecutionStatus,
  type ExecutionView,
  type JsonObject,
  type JsonValue,
  type Permission,
  type StartExecutionRequest,
} from '@rpa/contracts';
import type { RunningService } from '@rpa/platform';
import { createTestDatabase, eventually, type TestDatabase } from '@rpa/testing';
import pg from 'pg';
import { startNats, stopNats } from './nats.js';
import { Client, PERMISSIONS, startReplica } from './replica.js';
import { STEP_TYPES } from './step-types.js';
import { WorkerPeer } from './worker-peer.js';
import { WorkflowsPeer } from './workflows-peer.js';

export const ALL: Permission[] = [...PERMISSIONS, 'executions:retry'];
const SOON_MS = 15_000;

/**
 * Replicas of the service, a worker and everybody that they talk to. The worker does as the config of a step says:
 * `failIn` the runs of that id, `hang` for ever whatever it is told, `pause` so many milliseconds, and gives `output`.
 */
export class Stage {
  private readonly pool: pg.Pool;

  private constructor(
    readonly database: TestDatabase,
    readonly workflows: WorkflowsPeer,
    readonly worker: WorkerPeer,
    readonly replicas: RunningService[],
    readonly client: Client,
    /** Steps that fail, by id, until they are taken out. */
    readonly broken: Set<string>,
  ) {
    this.pool = new pg.Pool({ connectionString: database.url, max: 2 });
    this.pool.on('error', () => undefined);
  }

  static async open(name: string, replicas = 2): Promise<Stage> {
    await startNats();
    const database = await createTestDatabase(name);
    const workflows = await WorkflowsPeer.start(STEP_TYPES);
    const broken = new Set<string>();
    const worker: WorkerPeer = await WorkerPeer.start({
      worker: 'w1',
      types: ['test__work', 'test__pay'],
      async work({ config, ...task }) {
        if (task.type === 'test__pay') await worker.requestStart({ ...task, config });
        if (config['hang']) await new Promise((resolve) => setTimeout(resolve, 120_000).unref());
        if (config['pause']) await new Promise((resolve) => setTimeout(resolve, Number(config['pause'])));
        const id = task.path.split('.').at(-1) ?? '';
        if (broken.has(id) || broken.has(task.path))
          return { status: 'failed', error: { code: 'broken', message: `${id} is broken`, retryable: false } };
        return { status: 'completed', output: (config['output'] ?? `${id} of ${task.executionId}`) as JsonValue };
      },
    });
    const started = await Promise.all(
      Array.from({ length: replicas }, () => startReplica({ databaseUrl: database.url })),
    );
    return new Stage(database, workflows, worker, started, await Client.person(undefined, ALL), broken);
  }

  async close(): Promise<void> {
    await Promise.all([this.client.close(), ...this.replicas.map((replica) => replica.stop())]);
    await Promise.all([this.worker.kill(), this.workflows.stop()]);
    await this.pool.end();
    await this.database.drop();
    await stopNats();
  }

  /** All replicas stop, something happens to their rows, and new ones go on. */
  async replaceReplicas(meanwhile: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
    const count = this.replicas.length;
    await Promise.all(this.replicas.splice(0).map((replica) => replica.stop()));
    await meanwhile();
    for (let index = 0; index < count; index++)
      this.replicas.push(await startReplica({ databaseUrl: this.database.url }));
  }

  publish(steps: object[], rest: object = {}, key = `w_${randomUUID().slice(0, 8)}`, version = 1): string {
    return this.workflows.publish(key, { format: 1, steps, ...rest } as JsonObject, version);
  }

  async start(workflowId: string, more: Partial<StartExecutionRequest> = {}): Promise<string> {
    return (await this.client.send(startExecution, { workflowId, ...more })).id;
  }

  begin(steps: object[], rest: object = {}): Promise<string> {
    return this.start(this.publish(steps, rest));
  }

  view(id: string): Promise<ExecutionView> {
    return this.client.send(getExecution, { id });
  }

  async becomes(id: string, status: ExecutionStatus): Promise<ExecutionView> {
    await eventually(async () => expect((await this.view(id)).status).toBe(status), SOON_MS);
    return this.view(id);
  }

  async recordsOf(id: string): Promise<string[]> {
    return (await this.client.send(readJournal, { id, limit: 1_000 })).data.map((entry) => entry.type);
  }

  /** Paths that the worker was given in this run. */
  taken(executionId: string): string[] {
    return this.worker.taken.filter((task) => task.executionId === executionId).map((task) => task.path);
  }

  async rows<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
    const { rows } = await this.pool.query<Row>(sql, values);
    return rows;
  }
}

export function work(id: string, next?: string[], more: object = {}): object {
  return { id, type: 'test__work', config: {}, ...(next && { next }), ...more };
}
