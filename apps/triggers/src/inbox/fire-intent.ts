import { Injectable } from '@nestjs/common';
import {
  AppError,
  startExecution,
  type FireOutcome,
  type JsonObject,
  type StartExecutionRequest,
} from '@rpa/contracts';
import { compileTemplate, ExpressionError, type CompiledTemplate } from '@rpa/expressions';
import { Bus } from '@rpa/messaging';
import { Identity } from '@rpa/platform';
import { LRUCache } from 'lru-cache';
import { TRIGGER_ROOTS } from '../triggers/check-template.js';
import { findTriggerType } from '../types/trigger-types.js';
import { inputsOf, toTrigger } from './trigger-scope.js';
import type { ClaimedIntent, FireResult } from './intents.repository.js';

const START_TIMEOUT_MS = 8_000;
const CACHED_TRIGGERS = 1_000;
/** Errors of a start that another attempt may not meet: nothing is known to be wrong with the event or the trigger. */
const TRANSIENT = new Set<string>([
  'unavailable',
  'timeout',
  'overloaded',
  'rate_limited',
  'quota_exceeded',
  'idempotency_running',
  'internal',
]);
/** Errors by which the workflow refuses this event; others are the installation's to mend. */
const REFUSED = new Set(['inputs_invalid', 'validation_failed', 'too_large']);

/** How long the answer of the start waits for the run. */
export type StartWait = Pick<StartExecutionRequest, 'waitMs' | 'hasWaiter'>;

interface Compiled {
  filter: CompiledTemplate | null;
  inputs: CompiledTemplate | null;
}

/** Starts the workflow of one trigger for one event: filter, input mapping, start. Repeating it starts nothing twice. */
@Injectable()
export class FireIntent {
  private readonly compiled = new LRUCache<string, Compiled>({ max: CACHED_TRIGGERS });

  constructor(
    private readonly bus: Bus,
    private readonly identity: Identity,
  ) {}

  /** Throws when nobody has answered; then it is to be repeated. */
  async execute(intent: ClaimedIntent, wait?: StartWait): Promise<FireResult> {
    if (intent.deleted) return result('skipped', 'The trigger was deleted.');
    const byHand = intent.source === 'manual';
    if (!intent.enabled && !byHand) return result('skipped', 'The trigger is disabled.');
    const trigger = toTrigger(intent);
    const scope = { trigger, now: new Date().toISOString() };
    let inputs: JsonObject;
    try {
      const { filter, inputs: mapping } = this.compile(intent);
      if (filter && !byHand && !filter.evaluate(scope))
        return result('skipped', 'The filter is not true for this event.');
      inputs = mapping ? (mapping.evaluate(scope) as JsonObject) : inputsOf(intent.payload);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      return { ...result('failed', `The filter or input mapping failed: ${error.message}`), code: 'validation_failed' };
    }
    return this.start(intent, { workflowId: intent.workflowId, inputs, trigger, ...wait });
  }

  private async start(intent: ClaimedIntent, request: StartExecutionRequest): Promise<FireResult> {
    const dedupe = { source: `trigger:${intent.triggerId}`, key: intent.eventId };
    const principal = await this.identity.serviceToken({ id: intent.organizationId, slug: intent.organizationSlug });
    try {
      const reply = await this.bus.request(
        startExecution,
        { ...request, dedupe },
        { principal, timeoutMs: START_TIMEOUT_MS + (request.waitMs ?? 0) },
      );
      // An answer `deduplicated` is the one to an attempt of our own whose answer got lost.
      return { outcome: 'fired', reason: null, executionId: reply.id, reply };
    } catch (error) {
      if (!AppError.is(error) || TRANSIENT.has(error.code)) throw error;
      if (error.code === 'start_skipped') return result('skipped', error.message);
      const faults = error.errors?.slice(0, 5).map((fault) => `${fault.path}: ${fault.message}`) ?? [];
      const reason = [error.message, ...faults].join(' ');
      const outcome = REFUSED.has(error.code) ? 'rejected' : 'failed';
      return { ...result(outcome, `${error.code}: ${reason}`), code: error.code };
    }
  }

  private compile(intent: ClaimedIntent): Compiled {
    const key = `${intent.triggerId} ${intent.revision}`;
    const known = this.compiled.get(key);
    if (known) return known;
    const filter = findTriggerType(intent.type)?.filterOf(intent.config);
    const compiled: Compiled = {
      filter: filter === undefined ? null : compileTemplate(filter, { roots: TRIGGER_ROOTS }),
      inputs: intent.inputs === null ? null : compileTemplate(intent.inputs, { roots: TRIGGER_ROOTS }),
    };
    this.compiled.set(key, compiled);
    return compiled;
  }
}

function result(outcome: FireOutcome, reason: string): FireResult {
  return { outcome, reason: reason.replaceAll('\u0000', '').slice(0, 1_000), executionId: null };
}
