import Type from 'typebox';
import { defineTrigger } from '../define-trigger.js';

export const manualTrigger = defineTrigger({
  type: 'manual',
  title: 'By hand',
  summary: 'Fires when somebody says so, with a payload or without.',
  config: Type.Object({}, { additionalProperties: false }),
  ui: {},
  sample: { payload: { note: 'started by hand' }, headers: {} },
});
