import type { Type } from '@nestjs/common';
import type { Fault, JsonObject, TriggerSourceStatus, TriggerTypeDescriptor } from '@rpa/contracts';
import type { Static, TSchema } from 'typebox';
import Value from 'typebox/value';

/** Something that runs as long as the service does and brings in the events of one type. */
export interface TriggerSource {
  start(): void | Promise<void>;
  /** Takes nothing new and finishes what it has. */
  stop(): Promise<void>;
  status(): Omit<TriggerSourceStatus, 'type'>;
}

export interface TriggerTypeDefinition<Schema extends TSchema> {
  /** What triggers of this type carry as `type`; the name of its folder with `_` for `-`. */
  type: string;
  title: string;
  summary: string;
  config: Schema;
  /** Hints for the editor, by config field. */
  ui: TriggerTypeDescriptor['ui'];
  /** What `trigger` holds in expressions when such a trigger fires. */
  sample: Omit<TriggerTypeDescriptor['sample'], 'type'>;
  /** Faults that the schema cannot say; `path` is relative to the config. */
  check?(config: Static<Schema>): Fault[];
  /** Channel (or pattern of channels) whose events go to the trigger. */
  channelOf?(config: Static<Schema>): string;
  /** Expression in braces that decides whether an event is wanted. */
  filterOf?(config: Static<Schema>): string | undefined;
  source?: Type<TriggerSource>;
}

/** A kind of trigger, whatever its config looks like. */
export interface TriggerType {
  descriptor: TriggerTypeDescriptor;
  /** Every fault of a config, with paths from `config` on. */
  check(config: JsonObject): Fault[];
  channelOf(config: JsonObject): string | null;
  filterOf(config: JsonObject): string | undefined;
  source?: Type<TriggerSource>;
}

/** Declares one kind of trigger: the only thing that a new folder here has to export. */
export function defineTrigger<Schema extends TSchema>(definition: TriggerTypeDefinition<Schema>): TriggerType {
  const { type, title, summary, config: schema, ui, sample, source } = definition;
  return {
    descriptor: {
      type,
      title,
      summary,
      configSchema: JSON.parse(JSON.stringify(schema)) as JsonObject,
      ui,
      sample: { type, ...sample },
    },
    check(config) {
      const faults = schemaFaults(schema, config);
      if (faults.length > 0) return faults;
      const more = definition.check?.(config as Static<Schema>) ?? [];
      return more.map((fault) => ({ ...fault, path: `config.${fault.path}` }));
    },
    channelOf: (config) => definition.channelOf?.(config as Static<Schema>) ?? null,
    filterOf: (config) => definition.filterOf?.(config as Static<Schema>),
    ...(source && { source }),
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
