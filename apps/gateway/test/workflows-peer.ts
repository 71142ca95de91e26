import { randomUUID } from 'node:crypto';
import { AppError, getWorkflow, loadVersion, resolveVersion, type JsonObject } from '@rpa/contracts';
import type { Bus, Door } from '@rpa/messaging';

/** Lets everything in: the workflows service's own door is not what is tested here. */
const OPEN_DOOR: Door = {
  admit: () => ({ principal: null, requestId: null, idempotencyKey: null, traceparent: null }),
  validate: (_command, body) => body as never,
  observe: () => undefined,
  run: (_command, _context, _request, handler) => handler(),
};

/** Speaks the part of the workflows service that executions asks; knows the built-in steps only. */
export class WorkflowsPeer {
  private readonly published = new Map<string, { workflowId: string; definition: JsonObject }>();

  constructor(bus: Bus) {
    bus.responder.handle(resolveVersion, OPEN_DOOR, (request) => {
      const { workflowId } = request as { workflowId: string };
      const [versionId] = [...this.published].find(([, row]) => row.workflowId === workflowId) ?? [];
      if (!versionId) throw new AppError('not_found');
      return { workflowId, versionId, version: 1, workflowKey: 'w', workflowName: 'W', draft: false };
    });
    bus.responder.handle(loadVersion, OPEN_DOOR, (request) => {
      const { versionId } = request as { versionId: string };
      const row = this.published.get(versionId);
      if (!row) throw new AppError('not_found');
      return { versionId, ...row, stepTypes: [] };
    });
    bus.responder.handle(getWorkflow, OPEN_DOOR, (request) => {
      const { id } = request as { id: string };
      if ([...this.published.values()].some((row) => row.workflowId === id)) return { id };
      throw new AppError('not_found');
    });
  }

  /** Returns the workflow's id. */
  publish(definition: JsonObject): string {
    const workflowId = randomUUID();
    this.published.set(randomUUID(), { workflowId, definition });
    return workflowId;
  }
}
