import type { JsonObject, JsonValue } from '@rpa/contracts';
import type { TSchema } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { StepFailure } from './step-failure.js';

const SHOWN_FAULTS = 10;

/** Holds evaluated config against the step's schema; throws `config_invalid` with the path of every fault. */
export function checkConfig(schema: TSchema, config: JsonObject): void {
  if (Check(schema, config)) return;
  const faults = faultsOf(schema, config);
  const list = faults.slice(0, SHOWN_FAULTS).map((fault) => `${fault.path}: ${fault.message}`);
  throw new StepFailure('config_invalid', `The config does not fit the step: ${list.join('; ')}`, {
    details: { errors: faults.slice(0, SHOWN_FAULTS) },
  });
}

function faultsOf(schema: TSchema, config: JsonObject): { path: string; message: string }[] {
  const faults = Errors(schema, config)
    // The parent names the unknown fields already; a bare `false` schema below them explains nothing.
    .filter((error) => error.keyword !== 'boolean')
    .map((error) => ({ path: toPath(error.instancePath), message: describe(error.message, error.params) }));
  return [...new Map(faults.map((fault) => [`${fault.path} ${fault.message}`, fault])).values()];
}

function describe(message: string, params: object): string {
  const values = Object.entries(params).filter(([name]) => ['allowedValues', 'additionalProperties'].includes(name));
  const shown = values.map(([, value]) => (value as JsonValue[]).map(String).join(', '));
  return shown.length > 0 ? `${message} (${shown.join('; ')})` : message;
}

/** `/headers/x-a` -> `config.headers.x-a`. */
function toPath(pointer: string): string {
  const parts = pointer.split('/').slice(1);
  return ['config', ...parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))].join('.');
}
