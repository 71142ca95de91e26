import type { ResolveVersionReply } from '@rpa/contracts';
import type { StartInput } from '@rpa/engine';
import { partOfStart } from '../test-runs/part-of-run.js';
import type { StartWish } from './start-run.js';

/** What a run begins with; all of it is journaled. */
export function toStartInput(executionId: string, wish: StartWish, version: ResolveVersionReply): StartInput {
  const at = Date.now();
  return {
    executionId,
    organizationId: wish.organizationId,
    at,
    workflow: {
      id: version.workflowId,
      key: version.workflowKey,
      name: version.workflowName,
      version: version.version,
    },
    inputs: wish.inputs,
    trigger: wish.trigger,
    ...((version.draft || wish.test || wish.part) && { test: true }),
    ...(wish.env && { env: wish.env }),
    ...(wish.rerunOf !== undefined && { rerunOf: wish.rerunOf }),
    ...(wish.rerunOf !== undefined && wish.adopts && { adoptFrom: wish.rerunOf }),
    ...(wish.part && partOfStart(wish.part)),
    ...(wish.priority !== undefined && { priority: wish.priority }),
    ...(wish.respondWithinMs !== undefined && { hasWaiter: true, waiterUntil: at + wish.respondWithinMs }),
    ...(wish.parent && { parent: { executionId: wish.parent.executionId, path: wish.parent.path } }),
    ...(wish.depth > 0 && { depth: wish.depth }),
    ...(wish.traceparent && { traceparent: wish.traceparent }),
  };
}
