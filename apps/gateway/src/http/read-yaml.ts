import { AppError } from '@rpa/contracts';
import { parseDocument } from 'yaml';
import { readJson } from './read-json.js';

const MAX_ALIASES = 100;

/**
 * Reads YAML 1.2 (core schema) as the JSON that it stands for, under the same rules. Aliases are expanded at most 100
 * times, and what they expand to must fit `limit` bytes, so that a small text cannot become a large value.
 */
export function readYaml(text: string, limit: number): unknown {
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    strict: true,
    uniqueKeys: true,
    merge: false,
  });
  // A warning is an unknown tag: the value would not be what its author meant.
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault) {
    const [start] = fault.linePos ?? [];
    const [message = ''] = fault.message.split('\n');
    throw new AppError('bad_request', `The body is not valid YAML: ${message}`, {
      errors: [{ path: '', code: 'yaml', message, ...(start && { line: start.line, column: start.col }) }],
    });
  }
  const json = toJson(() => document.toJS({ maxAliasCount: MAX_ALIASES }));
  if (json.length > limit) throw new AppError('too_large', `The YAML stands for more than ${limit} bytes.`);
  return readJson(json);
}

function toJson(value: () => unknown): string {
  try {
    return JSON.stringify(value(), refuseNonNumbers) ?? 'null';
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new AppError('bad_request', `The YAML cannot be read as JSON: ${why}`);
  }
}

function refuseNonNumbers(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error('JSON has neither .inf nor .nan');
  return value;
}
