import { randomUUID } from 'node:crypto';
import { AppError, loadVersion, resolveVersion, type JsonObject, type StepTypeDescriptor } from '@rpa/contracts';
import { connectBus, type Bus, type Door } from '@rpa/messaging';
import { testNats } from '@rpa/testing';
import { natsUrl } from './nats.js';

/** Lets everything in: the workflows service's own door is not what is tested here. */
export const OPEN_DOOR: Door = {
  admit: () => ({ principal: null, requestId: null, idempotencyKey: null, traceparent: null }),
  validate: (_command, body) => body as never,
  observe: () => undefined,
  run: (_command, _context, _request, handler) => handler(),
};

interface Published {
  workflowId: string;
  key: string;
  versionId: string;
  version: number;
  definition: JsonObject;
}

/** Speaks the part of the workflows service that executions asks. */
export class WorkflowsPeer {
  private readonly published = new Map<string, Published>();
  /** How often a version was resolved. */
  resolved = 0;

  private constructor(
    readonly bus: Bus,
    private readonly stepTypes: StepTypeDescriptor[],
  ) {}

  static async start(stepTypes: StepTypeDescriptor[], url = natsUrl()): Promise<WorkflowsPeer> {
    const { password } = testNats('workflows');
    const bus = await connectBus({ service: 'workflows', servers: [url], user: 'workflows', password });
    const peer = new WorkflowsPeer(bus, stepTypes);
    bus.responder.handle(resolveVersion, OPEN_DOOR, (request) => {
      peer.resolved++;
      const { workflowId, workflowKey, version } = request as {
        workflowId?: string;
        workflowKey?: string;
        version?: number;
      };
      const found = [...peer.published.values()].filter(
        (row) =>
          (row.workflowId === workflowId || row.key === workflowKey) &&
          (version === undefined || row.version === version),
      );
      const row = found.at(-1);
      if (!row) throw new AppError('not_found');
      const { definition: _, key, ...rest } = row;
      return { ...rest, workflowKey: key, workflowName: key, draft: false };
    });
    bus.responder.handle(loadVersion, OPEN_DOOR, (request) => {
      const row = peer.published.get((request as { versionId: string }).versionId);
      if (!row) throw new AppError('not_found');
      const { versionId, workflowId, definition } = row;
      return { versionId, workflowId, definition, stepTypes: peer.stepTypes };
    });
    return peer;
  }

  /** As if the workflow had never been; the answer brings it back. */
  withdraw(workflowId: string): () => void {
    const gone = [...this.published].filter(([, row]) => row.workflowId === workflowId);
    for (const [key] of gone) this.published.delete(key);
    return () => gone.forEach(([key, row]) => this.published.set(key, row));
  }

  /** Returns the workflow's id. */
  publish(key: string, definition: JsonObject, version = 1): string {
    const known = [...this.published.values()].find((row) => row.key === key);
    const workflowId = known?.workflowId ?? randomUUID();
    const versionId = randomUUID();
    this.published.set(versionId, { workflowId, key, versionId, version, definition });
    return workflowId;
  }

  stop(): Promise<void> {
    return this.bus.close(100);
  }
}
