import { defineConfig, integer, optionalText, serviceVariables, text, type ConfigOf } from '@rpa/platform';

export const aiConfig = defineConfig({
  ...serviceVariables('ai', 3009),
  apiKey: optionalText('ANTHROPIC_API_KEY', {
    description: 'Key of the Claude API; without it AI routes and steps answer that they are not configured',
    secret: true,
  }),
  baseUrl: text('ANTHROPIC_BASE_URL', {
    description: 'Where the Claude API is reached',
    default: 'https://api.anthropic.com',
    pattern: /^https?:\/\/[^\s@]+$/,
  }),
  model: text('AI_MODEL', {
    description: 'Model that is asked unless a request names another',
    default: 'claude-sonnet-5-5',
    pattern: /^[a-zA-Z0-9._:@-]{1,100}$/,
  }),
  capacity: integer('AI_CAPACITY', { description: 'AI steps that run at once', default: 32, min: 1, max: 1_000 }),
});
export type AiConfig = ConfigOf<typeof aiConfig.variables>;
