import { defineStep } from '@rpa/step-kit';
import Type from 'typebox';

/** Goes to a worker and back: what a remote step costs by itself. */
export const noop = defineStep({
  id: 'noop',
  version: 1,
  title: 'No operation',
  summary: 'Runs on a worker and gives back its value.',
  category: 'other',
  config: Type.Object({ value: Type.Optional(Type.Unknown()) }, { additionalProperties: false }),
  output: Type.Unknown(),
  ui: { value: { label: 'Value', control: 'json' } },
  sideEffect: { default: 'pure' },
  timeout: '10s',
  errors: [],
  examples: [
    { title: 'Nothing', config: {}, output: null },
    { title: 'A value', config: { value: { ready: true } }, output: { ready: true } },
  ],
  pool: 'default',
  run: async ({ config }) => config.value ?? null,
});
