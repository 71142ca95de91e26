import { Injectable } from '@nestjs/common';
import { AppError, type ReceiveWebhookReply, type ReceiveWebhookRequest } from '@rpa/contracts';
import { toProblem } from '@rpa/platform';
import { v7 as uuidv7 } from 'uuid';
import { Backlog } from '../inbox/backlog.js';
import type { StartWait } from '../inbox/fire-intent.js';
import type { ClaimedIntent } from '../inbox/intents.repository.js';
import { RunIntents } from '../inbox/run-intents.js';
import { readDuration } from '../types/schedule/read-time.js';
import { canonicalPath } from '../types/webhook/hook-path.js';
import type { WebhookConfig } from '../types/webhook/webhook-config.js';
import { AwaitAnswer } from './await-answer.js';
import { answerOf, problemAnswer } from './webhook-answers.js';
import { ReadRequests, type ReadRequest } from './read-request.js';
import { RefusedRequests } from './refused-requests.js';
import { WebhooksRepository, type HookTrigger } from './webhooks.repository.js';

const WAIT_MS = 30_000;
/** While this call hands the request over itself; when it dies, the sweep takes over after that. */
const OWN_MS = 10_000;
/** Requests in work at once; more are refused. */
const MAX_IN_FLIGHT = 500;

/**
 * Takes in a request to a webhook: durable first, then handed over, then answered. The same request sent again gets the
 * first answer, also while that is still being made, on whatever replica.
 */
@Injectable()
export class ReceiveWebhook {
  private inFlight = 0;

  constructor(
    private readonly webhooks: WebhooksRepository,
    private readonly requests: ReadRequests,
    private readonly refused: RefusedRequests,
    private readonly answers: AwaitAnswer,
    private readonly intents: RunIntents,
    private readonly backlog: Backlog,
  ) {}

  async execute(incoming: ReceiveWebhookRequest): Promise<ReceiveWebhookReply> {
    const trigger = await this.webhooks.find(incoming.key);
    const config = (trigger?.config ?? {}) as WebhookConfig;
    if (!trigger || canonicalPath(incoming.path) !== canonicalPath(config.path ?? ''))
      throw new AppError('not_found', 'There is no webhook with this URL.');
    const cors = corsHeaders(config, incoming);
    if (incoming.method === 'OPTIONS' && config.allowOrigins) return { status: 204, headers: cors };
    if (incoming.test) return this.refused.capture(trigger, incoming);
    const answer = await this.receive(trigger, config, incoming);
    return { ...answer, headers: { ...cors, ...answer.headers } };
  }

  private async receive(
    trigger: HookTrigger,
    config: WebhookConfig,
    incoming: ReceiveWebhookRequest,
  ): Promise<ReceiveWebhookReply> {
    if (!trigger.enabled) throw await this.refused.disabled(trigger);
    this.backlog.assertRoom();
    if (this.inFlight >= MAX_IN_FLIGHT)
      throw new AppError('overloaded', `${this.inFlight} requests are in work already.`);
    this.inFlight++;
    try {
      const read = await this.requests.execute(trigger, incoming).catch(async (error: unknown) => {
        await this.refused.note(trigger, error);
        if (AppError.is(error) && error.code === 'method_not_allowed') return refusedMethod(error, config);
        throw error;
      });
      if ('status' in read) return read;
      const challenge = slackChallenge(config, read);
      if (challenge) return challenge;
      const { status, headers, body } = await this.accept(trigger, config, read);
      return { status, headers, ...(body !== undefined && { body }) };
    } finally {
      this.inFlight--;
    }
  }

  private async accept(trigger: HookTrigger, config: WebhookConfig, read: ReadRequest): Promise<ReceiveWebhookReply> {
    const id = uuidv7();
    const wait = waitOf(config);
    if (await this.webhooks.accept(trigger, { id, ...read }, OWN_MS))
      return this.handOver(trigger, config, { id, read, wait });
    const eventKey = read.eventKey ?? '';
    const known = await this.webhooks.known(trigger, eventKey);
    if (!known) throw new AppError('unavailable', 'The request could not be kept.');
    await this.refused.repeated(trigger, eventKey);
    if (known.answer?.final) return known.answer;
    // Nothing was started by it so far. Perhaps what was wrong has been mended.
    if (known.answer && !known.open && (await this.webhooks.rearm(trigger, known.id, OWN_MS)))
      return this.handOver(trigger, config, { id: known.id, read, wait });
    return this.answers.execute(trigger, known.id, eventKey, (wait?.waitMs ?? 0) + OWN_MS);
  }

  private async handOver(
    trigger: HookTrigger,
    config: WebhookConfig,
    { id, read, wait }: { id: string; read: ReadRequest; wait: StartWait | undefined },
  ): Promise<ReceiveWebhookReply> {
    const settled = await this.intents.runClaimed(toIntent(trigger, id, read), wait);
    const answer = answerOf(id, config, settled);
    return read.eventKey === null ? answer : this.webhooks.keepAnswer(trigger.organizationId, id, answer);
  }
}

function toIntent(trigger: HookTrigger, eventId: string, read: ReadRequest): ClaimedIntent {
  const {
    id: triggerId,
    organizationId,
    organizationSlug,
    workflowId,
    enabled,
    config,
    inputs,
    revision,
    hasProblem,
  } = trigger;
  const { eventKey, payload, headers, request } = read;
  return {
    ...{
      eventId,
      triggerId,
      organizationId,
      organizationSlug,
      attempts: 1,
      source: 'webhook',
      channel: null,
      eventKey,
    },
    ...{
      payload,
      headers,
      request,
      workflowId,
      type: 'webhook',
      enabled,
      deleted: false,
      config,
      inputs,
      revision,
      hasProblem,
    },
  };
}

function waitOf({ respond, respondWithin }: WebhookConfig): StartWait | undefined {
  if (respond === undefined || respond === 'immediately') return undefined;
  const waitMs = respondWithin === undefined ? WAIT_MS : (readDuration(respondWithin) ?? WAIT_MS);
  return { waitMs, ...(respond === 'respond_step' && { hasWaiter: true }) };
}

/** HTTP wants to hear then what is possible. */
function refusedMethod(error: AppError, { methods = ['POST'] }: WebhookConfig): ReceiveWebhookReply {
  const { headers, ...answer } = problemAnswer({ ...toProblem(error, null) });
  return { ...answer, headers: { ...headers, allow: methods.join(', ') } };
}

/** Slack asks once whether the URL is ours. */
function slackChallenge({ signature }: WebhookConfig, { payload }: ReadRequest): ReceiveWebhookReply | null {
  if (signature !== 'slack' || typeof payload !== 'object' || payload === null || Array.isArray(payload)) return null;
  if (payload['type'] !== 'url_verification' || typeof payload['challenge'] !== 'string') return null;
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: payload['challenge'] };
}

function corsHeaders(
  { allowOrigins, methods }: WebhookConfig,
  { headers }: ReceiveWebhookRequest,
): { [name: string]: string } {
  const { origin } = headers;
  if (!allowOrigins || origin === undefined) return {};
  if (!allowOrigins.includes('*') && !allowOrigins.includes(origin)) return { vary: 'origin' };
  return {
    'access-control-allow-origin': allowOrigins.includes('*') ? '*' : origin,
    'access-control-allow-methods': (methods ?? ['POST']).join(', '),
    'access-control-allow-headers': headers['access-control-request-headers'] ?? 'content-type',
    'access-control-max-age': '600',
    vary: 'origin',
  };
}
