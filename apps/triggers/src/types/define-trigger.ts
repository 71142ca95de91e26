import type { Type } from '@nestjs/common';
import type { Fault, JsonObject, TriggerTypeDescriptor } from '@rpa/contracts';
import type { Static, TSchema } from 'typebox';
import Value from 'typebox/value';
import type { OwnSource, SharedSource } from './trigger-source.js';

export interface TriggerTypeDefinition<Schema extends TSchema, Checkpoint = unknown> {
  /** What triggers of this type carry as `type`; the name of its folder with `_` for `-`. */
  type: string;
  title: string;
  summary: string;
  /** Closed (`additionalProperties: false`); the editor builds its form from it. */
  config: Schema;
  /** Hints for the editor, by config field. */
  ui: TriggerTypeDescriptor['ui'];
  /** What `trigger` holds in expressions when such a trigger fires. */
  sample: Omit<TriggerTypeDescriptor['sample'], 'type'>;
  /** Fields of the config that never rest here: they go to the vault, and the trigger tells only that they are set. */
  secretFields?: readonly (keyof Static<Schema> & string)[];
  /** Faults that the schema cannot say; `path` is relative to the config. */
  check?(config: Static<Schema>): Fault[];
  /** Channel (or pattern of channels) whose events go to the trigger. */
  channelOf?(config: Static<Schema>): string;
  /** Expression in braces that decides whether an event is wanted. */
  filterOf?(config: Static<Schema>): string | undefined;
  /** Credential that the source uses, by its key: a missing one is refused when the trigger is saved. */
  credentialOf?(config: Static<Schema>): string | undefined;
  /** What the checkpoint belongs to, e.g. host and mailbox. When a change of the config changes it, the source begins anew. */
  identityOf?(config: Static<Schema>): string;
  /** Where the events of each trigger come from, if they do not come in by themselves. */
  source?: OwnSource<Static<Schema>, Checkpoint>;
  /** What brings in the events of all triggers of this type; a provider. */
  shared?: Type<SharedSource>;
}

/** A kind of trigger, whatever its config looks like. */
export interface TriggerType {
  descriptor: TriggerTypeDescriptor;
  secretFields: readonly string[];
  /** Every fault of a config, with paths from `config` on. */
  check(config: JsonObject): Fault[];
  channelOf(config: JsonObject): string | null;
  filterOf(config: JsonObject): string | undefined;
  credentialOf(config: JsonObject): string | undefined;
  identityOf(config: JsonObject): string;
  source?: OwnSource<JsonObject, unknown>;
  shared?: Type<SharedSource>;
}

/** Declares one kind of trigger: the only thing that a new folder here has to export. */
export function defineTrigger<Schema extends TSchema, Checkpoint = unknown>(
  definition: TriggerTypeDefinition<Schema, Checkpoint>,
): TriggerType {
  const { type, title, summary, config: schema, ui, sample, source, shared } = definition;
  const typed = (config: JsonObject): Static<Schema> => config as Static<Schema>;
  return {
    descriptor: {
      type,
      title,
      summary,
      configSchema: JSON.parse(JSON.stringify(schema)) as JsonObject,
      ui,
      sample: { type, ...sample },
    },
    secretFields: definition.secretFields ?? [],
    check(config) {
      const faults = schemaFaults(schema, config);
      if (faults.length > 0) return faults;
      const more = definition.check?.(typed(config)) ?? [];
      return more.map((fault) => ({ ...fault, path: `config.${fault.path}` }));
    },
    channelOf: (config) => definition.channelOf?.(typed(config)) ?? null,
    filterOf: (config) => definition.filterOf?.(typed(config)),
    credentialOf: (config) => definition.credentialOf?.(typed(config)),
    identityOf: (config) => definition.identityOf?.(typed(config)) ?? '',
    ...(source && { source: source as unknown as OwnSource<JsonObject, unknown> }),
    ...(shared && { shared }),
  };
}

function schemaFaults(schema: TSchema, config: JsonObject): Fault[] {
  if (Value.Check(schema, config)) return [];
  return Value.Errors(schema, config)
    .filter((error) => error.keyword !== 'boolean')
    .map(({ keyword, instancePath, params, message }) => {
      const path = `config${instancePath.replaceAll('/', '.')}`;
      const extra = keyword === 'additionalProperties' ? params.additionalProperties.join(', ') : null;
      return extra
        ? {
            path: `${path}.${extra}`,
            code: 'unknown_field',
            message: `'${extra}' is not a field of this type of trigger`,
          }
        : { path, code: keyword, message };
    });
}
