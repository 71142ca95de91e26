import { Inject, Injectable } from '@nestjs/common';
import type Anthropic from '@anthropic-ai/sdk';
import type { AskClaudeReply, AskClaudeRequest, GetAiStatusReply } from '@rpa/contracts';
import { CONFIG } from '@rpa/platform';
import type { AiConfig } from '../ai.config.js';
import { notConfigured } from './claude.errors.js';
import { readFailure } from './read-failure.js';

/** Thinking counts as well: less would cut ordinary answers off. */
const DEFAULT_MAX_TOKENS = 8_192;
/** The last version of the API that takes a temperature; the SDK speaks a newer one, which refuses it for every model. */
const VERSION_WITH_TEMPERATURE = '2023-06-01';

export interface AskOptions {
  timeoutMs: number;
  /** Further tries of what may pass, waiting as long as Claude asks for. */
  retries: number;
  signal?: AbortSignal;
}

/** The Claude API. The SDK is loaded at the first question: most installations never ask one. */
@Injectable()
export class Claude {
  private client: Promise<Anthropic> | null = null;

  constructor(@Inject(CONFIG) private readonly config: Pick<AiConfig, 'apiKey' | 'baseUrl' | 'model'>) {}

  status(): GetAiStatusReply {
    const { apiKey, model, baseUrl } = this.config;
    return { configured: apiKey !== null, model, host: new URL(baseUrl).host };
  }

  /** @throws ClaudeError */
  async ask(question: AskClaudeRequest, options: AskOptions): Promise<AskClaudeReply> {
    const { prompt, system, temperature } = question;
    const client = await this.connect();
    const body = {
      model: question.model ?? this.config.model,
      max_tokens: question.maxTokens ?? DEFAULT_MAX_TOKENS,
      messages: [{ role: 'user' as const, content: prompt }],
      ...(system !== undefined && { system }),
      ...(temperature !== undefined && { temperature }),
    };
    try {
      const message = await client.messages.create(body, {
        timeout: options.timeoutMs,
        maxRetries: options.retries,
        ...(options.signal && { signal: options.signal }),
        ...(temperature !== undefined && { headers: { 'anthropic-version': VERSION_WITH_TEMPERATURE } }),
      });
      return {
        text: message.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
        model: message.model,
        usage: { inputTokens: message.usage.input_tokens, outputTokens: message.usage.output_tokens },
        stopReason: message.stop_reason ?? 'end_turn',
      };
    } catch (error) {
      throw options.signal?.aborted ? options.signal.reason : readFailure(error);
    }
  }

  private connect(): Promise<Anthropic> {
    const { apiKey, baseUrl } = this.config;
    if (apiKey === null) throw notConfigured();
    this.client ??= import('@anthropic-ai/sdk').then(
      ({ default: Client }) =>
        new Client({
          apiKey,
          baseURL: baseUrl.replace(/\/$/, ''),
          logLevel: 'off',
          // The SDK sends the key as a bearer token; gateways in between often know the older header only.
          defaultHeaders: { 'x-api-key': apiKey },
        }),
    );
    return this.client;
  }
}
