import type { AskClaudeRequest } from '@rpa/contracts';
import { defineStep, type Step } from '@rpa/step-kit';
import Type from 'typebox';
import type { Claude } from '../../claude/claude.js';
import { toStepFailure } from '../../claude/claude.errors.js';

const TIMEOUT_MS = 600_000;
const RETRIES = 2;

const Config = Type.Object(
  {
    prompt: Type.String({ minLength: 1, maxLength: 400_000, description: 'The question, with everything it needs' }),
    system: Type.Optional(Type.String({ maxLength: 100_000, description: 'How Claude should behave' })),
    model: Type.Optional(Type.String({ pattern: '^[a-zA-Z0-9._:@-]{1,100}$', description: 'Id of the model' })),
    maxTokens: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 32_000, description: 'Longest answer; default 8192' }),
    ),
    temperature: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'Only for models that take it' })),
  },
  { additionalProperties: false },
);

const Output = Type.Object({
  text: Type.String(),
  model: Type.String(),
  usage: Type.Object({ inputTokens: Type.Integer(), outputTokens: Type.Integer() }),
  stopReason: Type.String({ description: 'end_turn, max_tokens (cut off), refusal, ...' }),
});

export function aiAsk(claude: Claude): Step {
  return defineStep({
    id: 'ai_ask',
    version: 1,
    title: 'Ask Claude',
    summary: 'Asks Claude one question and gives its answer as text.',
    category: 'ai',
    config: Config,
    output: Output,
    ui: {
      prompt: { label: 'Prompt', control: 'textarea', placeholder: 'Summarize: {{ steps.fetch.output.body }}' },
      system: { label: 'System prompt', control: 'textarea' },
      model: { label: 'Model' },
      maxTokens: { label: 'Longest answer (tokens)', control: 'number' },
      temperature: { label: 'Temperature', control: 'number' },
    },
    sideEffect: { default: 'idempotent' },
    timeout: '10m',
    errors: [
      { code: 'ai_not_configured', retryable: false, meaning: 'The installation has no key of the Claude API' },
      { code: 'ai_request_refused', retryable: false, meaning: 'Claude refused the request; the message says why' },
      { code: 'ai_key_refused', retryable: false, meaning: 'Claude refused the key of the installation' },
      { code: 'ai_rate_limited', retryable: true, meaning: 'No more requests are allowed at the moment' },
      { code: 'ai_overloaded', retryable: true, meaning: 'Claude is overloaded' },
      { code: 'ai_failed', retryable: true, meaning: 'Claude failed' },
      { code: 'ai_unreachable', retryable: true, meaning: 'Claude cannot be reached' },
      { code: 'ai_timeout', retryable: true, meaning: 'Claude did not answer in time' },
    ],
    examples: [
      {
        title: 'One question',
        config: { prompt: 'Which city is the capital of Bulgaria? One word.', maxTokens: 500 },
        output: {
          text: 'Sofia',
          model: 'claude-sonnet-5-5',
          usage: { inputTokens: 17, outputTokens: 5 },
          stopReason: 'end_turn',
        },
      },
    ],
    pool: 'ai',
    async run({ config, signal }) {
      const question: AskClaudeRequest = config;
      try {
        return await claude.ask(question, { timeoutMs: TIMEOUT_MS, retries: RETRIES, signal });
      } catch (error) {
        throw toStepFailure(error);
      }
    },
  });
}
