import {
  IsBoolean,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { JsonField } from '../messages/fields.js';

export class GetAiStatusRequest {}

export class GetAiStatusReply {
  /** Whether a key is there; without one everything else answers `not_configured`. */
  @IsBoolean()
  configured!: boolean;

  /** Model that is asked unless a request names another. */
  @IsString()
  model!: string;

  /** Host (and port) that is asked. */
  @IsString()
  host!: string;
}

export const getAiStatus = defineCommand({
  subject: 'rpc.ai.v1.status.get',
  owner: 'ai',
  summary: 'Tell whether Claude is configured',
  access: { permission: 'ai:use' },
  request: GetAiStatusRequest,
  reply: GetAiStatusReply,
  example: { request: {}, reply: { configured: true, model: 'claude-sonnet-5-5', host: 'api.anthropic.com' } },
});

export class AskClaudeRequest {
  @IsString()
  @MinLength(1)
  @MaxLength(400_000)
  prompt!: string;

  /** How Claude should behave, and what it should know. */
  @IsOptional()
  @IsString()
  @MaxLength(100_000)
  system?: string;

  @IsOptional()
  @Matches(/^[a-zA-Z0-9._:@-]{1,100}$/, { message: 'model must be the id of a model, such as claude-sonnet-5-5' })
  model?: string;

  /** Longest answer in tokens, thinking included; default 8,192. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(32_000)
  maxTokens?: number;

  /** 0 to 1. Only models before the fifth generation take it; the newer ones refuse the request. */
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(1)
  temperature?: number;
}

export class AskClaudeReply {
  @IsString()
  text!: string;

  /** The model that answered. */
  @IsString()
  model!: string;

  @JsonField()
  usage!: { inputTokens: number; outputTokens: number };

  /** `end_turn`, `max_tokens` (the answer is cut off), `refusal`, ... */
  @IsString()
  stopReason!: string;
}

/**
 * Errors: `not_configured`, `validation_failed` (Claude refused the request, with its reason), `rate_limited` and
 * `overloaded` (both with the time to wait), `timeout`, `upstream_failed`.
 */
export const askClaude = defineCommand({
  subject: 'rpc.ai.v1.question.ask',
  owner: 'ai',
  summary: 'Ask Claude one question',
  access: { permission: 'ai:use' },
  audit: { none: 'It changes nothing; what it costs is counted.' },
  request: AskClaudeRequest,
  reply: AskClaudeReply,
  timeoutMs: 115_000,
  example: {
    request: { prompt: 'Say hello in Bulgarian.', maxTokens: 200 },
    reply: {
      text: 'Здравейте!',
      model: 'claude-sonnet-5-5',
      usage: { inputTokens: 14, outputTokens: 9 },
      stopReason: 'end_turn',
    },
  },
});
