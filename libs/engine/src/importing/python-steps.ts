import type { JsonObject, JsonValue } from '@rpa/contracts';
import type { RetrySettings, StepDefinition } from '../definition/definition.js';
import { isObject } from '../definition/normalize.js';
import { importExpression, importSeconds, importValue } from './python-values.js';
import type { ImportReport } from './report.js';

/** Fields of a step that are read; every other one is reported. */
const READ = new Set([
  'id',
  'name',
  'type',
  'task_type',
  'config',
  'next',
  'depends_on',
  'branches',
  'body',
  'on_error',
  'retry',
  'timeout',
  'timeout_seconds',
  'on_true',
  'on_false',
  'condition',
  'credential',
  'credential_id',
  'enabled',
  'description',
  'error_handler',
  'position',
]);
const TYPES: { readonly [type: string]: string } = {
  loop: 'foreach',
  for_each: 'foreach',
  variable: 'set_variable',
  wait: 'delay',
};

export function importStep(original: JsonObject, id: string, report: ImportReport): StepDefinition {
  const from = String(original['type'] ?? original['task_type'] ?? '');
  const type = TYPES[from] ?? from;
  if (type !== from) report.add('changed', id, 'type', `${from} is ${type} here`);
  const step: StepDefinition = { id, type };
  if (typeof original['name'] === 'string') step.name = original['name'].slice(0, 200);
  if (typeof original['description'] === 'string') step.notes = original['description'].slice(0, 10_000);
  step.config = importConfig(original, type, id, report);
  const timeout = importSeconds(original['timeout'] ?? original['timeout_seconds']);
  if (timeout) step.timeout = timeout;
  const retry = importRetry(original['retry'], id, report);
  if (retry && type !== 'foreach') step.retry = retry;
  const credential = original['credential'] ?? original['credential_id'];
  if (typeof credential === 'string') {
    step.credential = credential;
    report.add('check', id, 'credential', `The credential ${credential} has to exist under this key`);
  }
  if (original['enabled'] === false) step.disabled = true;
  for (const field of Object.keys(original)) {
    if (!READ.has(field)) report.add('lost', id, field, `The field ${field} has no counterpart`);
  }
  return step;
}

function importConfig(original: JsonObject, type: string, id: string, report: ImportReport): JsonObject {
  const config: JsonObject = isObject(original['config']) ? { ...original['config'] } : {};
  if (type === 'condition') return conditionConfig(original, config, id, report);
  if (type === 'foreach') return foreachConfig(config, id, report);
  if (type === 'delay') return delayConfig(config, id, report);
  if (type === 'log' || type === 'set_variable')
    return renamed(config, { text: 'message', variable: 'name', variable_name: 'name' }, id, report);
  return importValue(config, id, 'config', report) as JsonObject;
}

function conditionConfig(original: JsonObject, config: JsonObject, id: string, report: ImportReport): JsonObject {
  const condition = config['condition'] ?? config['expression'] ?? original['condition'];
  if (typeof condition === 'boolean') return { expression: condition };
  const bare = String(condition ?? '').replace(/^\s*\{\{(.*)\}\}\s*$/s, '$1');
  const expression = importExpression(bare, id, 'config.condition', report);
  return { expression: expression === undefined ? false : `{{ ${expression} }}` };
}

function foreachConfig(config: JsonObject, id: string, report: ImportReport): JsonObject {
  const items = config['items'] ?? config['collection'] ?? config['over'] ?? [];
  const bare = typeof items === 'string' && !items.includes('{{') ? `{{ ${items} }}` : items;
  const ours: JsonObject = { items: importValue(bare, id, 'config.items', report) };
  const parallel = config['max_parallel'] ?? config['concurrency'];
  if (typeof parallel === 'number' && parallel >= 1) ours['concurrency'] = Math.floor(parallel);
  if (config['on_error'] === 'continue') ours['onItemError'] = 'continue';
  const known = new Set([
    'items',
    'collection',
    'over',
    'max_parallel',
    'concurrency',
    'on_error',
    'step',
    'delay_between',
    'item_variable',
  ]);
  if (config['item_variable'] !== undefined && config['item_variable'] !== 'item') {
    report.add('check', id, 'config.item_variable', 'An item is always read as item here');
  }
  for (const field of Object.keys(config)) {
    if (!known.has(field)) report.add('lost', id, `config.${field}`, `The field ${field} has no counterpart`);
  }
  return ours;
}

function delayConfig(config: JsonObject, id: string, report: ImportReport): JsonObject {
  const seconds = config['seconds'] ?? config['duration'] ?? config['delay_seconds'];
  const duration = importSeconds(seconds);
  if (duration) return { duration };
  if (typeof seconds === 'string') {
    const text = importValue(seconds, id, 'config.seconds', report) as string;
    report.add('check', id, 'config.seconds', 'Seconds became a duration such as 30s');
    return { duration: `${text}s` };
  }
  report.add('lost', id, 'config', 'The delay names no duration; one second is put in its place');
  return { duration: '1s' };
}

function renamed(config: JsonObject, names: { [from: string]: string }, id: string, report: ImportReport): JsonObject {
  const ours: JsonObject = {};
  for (const [key, value] of Object.entries(config)) {
    if (key !== '__proto__') ours[names[key] ?? key] = importValue(value, id, `config.${key}`, report);
  }
  return ours;
}

function importRetry(retry: JsonValue | undefined, id: string, report: ImportReport): RetrySettings | undefined {
  if (!isObject(retry)) return undefined;
  const settings: RetrySettings = {};
  const attempts = retry['max_attempts'] ?? retry['max_retries'];
  if (typeof attempts === 'number') settings.maxAttempts = Math.min(100, Math.max(1, Math.floor(attempts)));
  const strategy = retry['strategy'] ?? retry['backoff'];
  if (strategy === 'exponential' || strategy === 'linear' || strategy === 'fixed') settings.backoff = strategy;
  else if (strategy !== undefined)
    report.add('changed', id, 'retry.strategy', `The strategy ${String(strategy)} is not known`);
  const delay = importSeconds(retry['delay'] ?? retry['delay_seconds'] ?? retry['initial_delay']);
  if (delay) settings.delay = delay;
  const maxDelay = importSeconds(retry['max_delay']);
  if (maxDelay) settings.maxDelay = maxDelay;
  return settings;
}
