import { AppError, type JsonValue, type ReceiveWebhookRequest } from '@rpa/contracts';
import { compileTemplate, ExpressionError, type CompiledTemplate } from '@rpa/expressions';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { eventKey } from '../events/read-event.js';
import { toTrigger } from '../inbox/trigger-scope.js';
import { TRIGGER_ROOTS } from '../triggers/check-template.js';
import { TriggerSecrets } from '../triggers/trigger-secrets.js';
import { checkSignature } from '../types/webhook/check-signature.js';
import { canonicalPath } from '../types/webhook/hook-path.js';
import { readPayload } from '../types/webhook/read-payload.js';
import { repeatKey } from '../types/webhook/repeat-key.js';
import type { WebhookConfig } from '../types/webhook/webhook-config.js';
import { mayComeFrom } from '../types/webhook/webhook.trigger.js';
import type { HookTrigger, RequestLine } from './webhooks.repository.js';

const CACHED = 1_000;
const DEFAULT_BODY = 256 * 1024;
/** What a sender may have sent along and nobody else should read. */
const SECRET_HEADERS = new Set(['authorization', 'proxy-authorization', 'cookie', 'x-api-key', 'rpa-principal']);

/** A request that may be taken in. */
export interface ReadRequest {
  eventKey: string | null;
  payload: JsonValue;
  headers: { [name: string]: string };
  request: RequestLine;
  raw: Buffer;
}

/** Decides whether a request to a webhook may come in, and reads it. Every refusal is an error. */
@Injectable()
export class ReadRequests {
  private readonly dedupes = new LRUCache<string, CompiledTemplate>({ max: CACHED });

  constructor(private readonly secrets: TriggerSecrets) {}

  async execute(trigger: HookTrigger, incoming: ReceiveWebhookRequest): Promise<ReadRequest> {
    const config = trigger.config as WebhookConfig;
    assertMethod(config, incoming.method);
    if (config.allowFrom && !mayComeFrom(incoming.address, config.allowFrom))
      throw new AppError('forbidden', `This webhook takes nothing from ${incoming.address}.`);
    const read = readRaw(incoming);
    const limit = config.maxBodyBytes ?? DEFAULT_BODY;
    if (read.raw.length > limit) throw new AppError('too_large', `The body has more than ${limit} bytes.`);
    if (trigger.secretId) await this.assertSigned(trigger, config, read.raw, incoming.headers);
    const payload = readPayload(read.raw, incoming.headers['content-type'], incoming.query);
    return { ...read, payload, eventKey: this.keyOf(trigger, config, { ...read, payload }, incoming.headers) };
  }

  private async assertSigned(
    trigger: HookTrigger,
    config: WebhookConfig,
    body: Buffer,
    headers: { [name: string]: string },
  ): Promise<void> {
    const secrets = await this.secrets.read(trigger, trigger.revision);
    const why = checkSignature(config, secrets, { headers, body }, Date.now());
    if (why !== null) throw new AppError('unauthenticated', why);
  }

  private keyOf(
    trigger: HookTrigger,
    config: WebhookConfig,
    read: Omit<ReadRequest, 'eventKey'>,
    headers: { [name: string]: string },
  ): string | null {
    const key =
      config.dedupe === undefined
        ? repeatKey(config, headers, read.payload)
        : this.evaluate(trigger, config.dedupe, read);
    return key === null ? null : eventKey('hook', [trigger.id, key]);
  }

  private evaluate(trigger: HookTrigger, dedupe: string, read: Omit<ReadRequest, 'eventKey'>): string | null {
    const key = `${trigger.id} ${trigger.revision}`;
    const template = this.dedupes.get(key) ?? compileTemplate(dedupe, { roots: TRIGGER_ROOTS });
    this.dedupes.set(key, template);
    const scope = { type: 'webhook', triggerId: trigger.id, channel: null, ...read };
    try {
      const value = template.evaluate({ trigger: toTrigger(scope), now: new Date().toISOString() });
      return value === null || value === undefined || value === '' ? null : JSON.stringify(value);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      throw new AppError('validation_failed', `The dedupe expression failed for this request: ${error.message}`);
    }
  }
}

/** A request with nothing decided about it. */
export function readRaw(incoming: ReceiveWebhookRequest): Omit<ReadRequest, 'eventKey' | 'payload'> {
  const { method, query, address } = incoming;
  return {
    headers: Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !SECRET_HEADERS.has(name))),
    request: { method, path: canonicalPath(incoming.path) ?? '', query, address },
    raw: Buffer.from(incoming.body ?? '', 'base64'),
  };
}

function assertMethod(config: WebhookConfig, method: string): void {
  const methods: readonly string[] = config.methods ?? ['POST'];
  if (methods.includes(method)) return;
  throw new AppError('method_not_allowed', `${method} is not possible here; ${methods.join(', ')} is.`);
}
