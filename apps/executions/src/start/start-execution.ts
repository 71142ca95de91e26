import {
  AppError,
  startExecution,
  type ExecutionView,
  type Principal,
  type StartExecutionReply,
  type StartExecutionRequest,
} from '@rpa/contracts';
import type { MessageContext } from '@rpa/messaging';
import { currentTraceparent, fingerprintOf, organizationOf, traceIdOf } from '@rpa/platform';
import type { GetExecution } from '../read/get-execution.js';
import type { LargeValues } from '../values/large-values.js';
import type { StartRun, StartWish } from './start-run.js';
import type { Waiters } from './waiters.js';

const MAX_KEY = 255;

/** The command `startExecution`. With `waitMs` it answers with the finished execution if that ends in time. */
export class StartExecution {
  constructor(
    private readonly start: StartRun,
    private readonly waiters: Waiters,
    private readonly get: GetExecution,
    private readonly replica: string,
    private readonly values: Pick<LargeValues, 'openForAnswer'>,
  ) {}

  /** `part` for a test run of one step. */
  async execute(
    request: StartExecutionRequest,
    context: MessageContext,
    part = readPart(request),
  ): Promise<StartExecutionReply> {
    const organizationId = organizationOf(context.principal);
    const traceparent = currentTraceparent() ?? context.traceparent;
    const { executionId, deduplicated, pendingReason, ended } = await this.start.execute({
      ...this.toWish(request, context, part, traceparent),
      ...(part && { part }),
    });
    const traceId = traceIdOf(traceparent);
    const reply: StartExecutionReply = {
      id: executionId,
      status: 'pending',
      ...(deduplicated && { deduplicated }),
      ...(pendingReason && { pendingReason }),
      ...(traceId && { traceId }),
    };
    if (!request.waitMs) return reply;
    const forResponse = request.hasWaiter === true;
    const owner = { organizationId, executionId };
    if (ended && !forResponse) return this.toEnded(reply, ended, owner, context);
    const outcome = await this.waiters.wait(executionId, request.waitMs, forResponse);
    if (!outcome) return { ...reply, ...(!pendingReason && { status: 'running' }) };
    const { response } = outcome;
    if (response) {
      const body = await this.values.openForAnswer(owner, response.body);
      return { ...reply, status: 'running', response: { ...response, body } };
    }
    const execution = outcome.view ?? (await this.get.execute(organizationId, executionId));
    return this.toEnded(reply, execution, owner, context);
  }

  /** A service answers somebody else with the output, who has no access to files. */
  private async toEnded(
    reply: StartExecutionReply,
    execution: ExecutionView,
    owner: { organizationId: string; executionId: string },
    { principal }: MessageContext,
  ): Promise<StartExecutionReply> {
    const { status, output } = execution;
    if (principal?.kind !== 'service') return { ...reply, status, execution };
    const opened = await this.values.openForAnswer(owner, output);
    return { ...reply, status, execution: opened === output ? execution : { ...execution, output: opened } };
  }

  private toWish(
    request: StartExecutionRequest,
    context: MessageContext,
    part: StartWish['part'],
    traceparent: string | null,
  ): StartWish {
    const { workflowId, workflowKey, version, inputs = {}, priority, labels, businessKey, hasWaiter, waitMs } = request;
    return {
      organizationId: organizationOf(context.principal),
      workflow: {
        ...(workflowId !== undefined && { workflowId }),
        ...(workflowKey !== undefined && { workflowKey }),
        ...(version !== undefined && { version: readVersion(version) }),
      },
      inputs,
      trigger: readTrigger(request, context.principal),
      dedupe: readDedupe(request, context, part),
      ...(priority !== undefined && { priority }),
      ...(labels && { labels }),
      ...(businessKey !== undefined && { businessKey }),
      ...(hasWaiter && waitMs && { respondWithinMs: waitMs }),
      waitReply: waitMs ? this.replica : null,
      traceparent,
      parent: null,
      depth: 0,
    };
  }
}

function readVersion(version: unknown): number | 'draft' {
  if (version === 'draft' || (Number.isInteger(version) && Number(version) >= 1)) return version as number | 'draft';
  throw invalid('version', "must be a version number or 'draft'");
}

function readPart({ pins, until }: StartExecutionRequest): StartWish['part'] {
  if (pins === undefined && until === undefined) return undefined;
  return { ...(pins && { pins }), ...(until !== undefined && { until }) };
}

/** People start by hand; what a service says about the cause is believed. */
function readTrigger(request: StartExecutionRequest, principal: Principal | null): StartWish['trigger'] {
  const { trigger } = request;
  if (!trigger) return { type: 'manual' };
  if (principal?.kind !== 'service') throw invalid('trigger', 'is set by services only');
  if (typeof trigger.type !== 'string' || !/^[a-z][a-z0-9_]{0,63}$/.test(trigger.type))
    throw invalid('trigger.type', 'must be the name of a trigger type');
  if (trigger.id !== undefined && typeof trigger.id !== 'string') throw invalid('trigger.id', 'must be a text');
  return trigger;
}

function readDedupe(
  request: StartExecutionRequest,
  context: MessageContext,
  part: StartWish['part'],
): StartWish['dedupe'] {
  const { dedupe } = request;
  if (dedupe) {
    if (context.principal?.kind !== 'service') throw invalid('dedupe', 'is set by services only');
    if (!isKey(dedupe.source) || !isKey(dedupe.key))
      throw invalid('dedupe', 'needs a source and a key of at most 255 characters');
    return { source: dedupe.source, key: dedupe.key, fingerprint: dedupe.fingerprint ?? null };
  }
  const key = context.idempotencyKey;
  if (!key) return null;
  if (!isKey(key)) throw invalid('Idempotency-Key', 'must have at most 255 characters');
  // How long somebody waits for the answer does not change what is asked for.
  const { waitMs: _, ...body } = request;
  return { source: 'http', key, fingerprint: fingerprintOf(startExecution.subject, part ? { ...body, part } : body) };
}

function isKey(text: unknown): text is string {
  return typeof text === 'string' && text.length > 0 && text.length <= MAX_KEY && !text.includes('\0');
}

function invalid(path: string, message: string): AppError {
  return new AppError('validation_failed', `'${path}' ${message}.`, {
    errors: [{ path, code: 'not_allowed', message }],
  });
}
