import { readFileSync } from 'node:fs';

type Env = Record<string, string | undefined>;

/** One environment variable: how it is called, what it may hold, and what it is for. */
export interface Variable<T> {
  env: string;
  description: string;
  /** Shown in `.env.example`; never the value of a secret. */
  defaultText: string;
  /** Can also be given as a file named by `<ENV>_FILE`; never printed. */
  secret?: true;
  read(raw: string | undefined): T;
}

type Variables = Record<string, Variable<unknown>>;
export type ConfigOf<V extends Variables> = { readonly [K in keyof V]: V[K] extends Variable<infer T> ? T : never };

export interface ConfigDefinition<V extends Variables> {
  variables: V;
  /** Reads and checks everything at once; throws {@link ConfigError} that names each fault. */
  load(env?: Env): ConfigOf<V>;
}

export class ConfigError extends Error {
  constructor(readonly faults: string[]) {
    super(`The configuration is not valid:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** Declares the configuration of a service: the only place that reads the environment. */
export function defineConfig<V extends Variables>(variables: V): ConfigDefinition<V> {
  return {
    variables,
    load(env: Env = process.env) {
      const faults: string[] = [];
      const config: Record<string, unknown> = {};
      for (const [name, variable] of Object.entries(variables)) {
        try {
          config[name] = variable.read(rawValue(variable, env));
        } catch (error) {
          faults.push(
            `${variable.env}: ${error instanceof Error ? error.message : String(error)} (${variable.description})`,
          );
        }
      }
      if (faults.length > 0) throw new ConfigError(faults);
      return Object.freeze(config) as ConfigOf<V>;
    },
  };
}

function rawValue(variable: Variable<unknown>, env: Env): string | undefined {
  const direct = env[variable.env];
  if (direct !== undefined && direct !== '') return direct;
  const file = variable.secret ? env[`${variable.env}_FILE`] : undefined;
  return file ? readFileSync(file, 'utf8').trim() : undefined;
}

interface Text<T> {
  description: string;
  default?: T;
  secret?: true;
}

function required(raw: string | undefined): string {
  if (raw === undefined) throw new Error('is required');
  return raw;
}

export function text(env: string, options: Text<string> & { pattern?: RegExp }): Variable<string> {
  return {
    env,
    description: options.description,
    defaultText: options.secret ? '' : (options.default ?? ''),
    ...(options.secret && { secret: true }),
    read(raw) {
      const value = raw ?? options.default ?? required(raw);
      if (options.pattern && !options.pattern.test(value)) throw new Error(`must match ${options.pattern}`);
      return value;
    },
  };
}

/** A text that may be left out. */
export function optionalText(env: string, options: { description: string; secret?: true }): Variable<string | null> {
  return {
    env,
    description: options.description,
    defaultText: '',
    ...(options.secret && { secret: true }),
    read: (raw) => raw ?? null,
  };
}

export function integer(
  env: string,
  options: { description: string; default: number; min: number; max: number },
): Variable<number> {
  return {
    env,
    description: `${options.description} (${options.min}..${options.max})`,
    defaultText: String(options.default),
    read(raw) {
      const value = raw === undefined ? options.default : /^-?\d+$/.test(raw.trim()) ? Number(raw) : NaN;
      if (!Number.isInteger(value) || value < options.min || value > options.max)
        throw new Error(`must be a whole number from ${options.min} to ${options.max}, not '${raw}'`);
      return value;
    },
  };
}

export function flag(env: string, options: { description: string; default: boolean }): Variable<boolean> {
  return {
    env,
    description: options.description,
    defaultText: options.default ? '1' : '0',
    read(raw) {
      if (raw === undefined) return options.default;
      if (['1', 'true', 'on', 'yes'].includes(raw.toLowerCase())) return true;
      if (['0', 'false', 'off', 'no'].includes(raw.toLowerCase())) return false;
      throw new Error(`must be 1 or 0, not '${raw}'`);
    },
  };
}

export function oneOf<const T extends string>(
  env: string,
  values: readonly T[],
  options: { description: string; default: NoInfer<T> },
): Variable<T> {
  return {
    env,
    description: `${options.description} (${values.join(' | ')})`,
    defaultText: options.default,
    read(raw) {
      const value = (raw ?? options.default) as T;
      if (!values.includes(value)) throw new Error(`must be one of ${values.join(', ')}, not '${raw}'`);
      return value;
    },
  };
}

/** Comma-separated list. `check` throws when its items are not what they should be. */
export function list(
  env: string,
  options: { description: string; default?: string; check?: (items: readonly string[]) => void },
): Variable<string[]> {
  return {
    env,
    description: options.description,
    defaultText: options.default ?? '',
    read(raw) {
      const items = (raw ?? options.default ?? '')
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
      options.check?.(items);
      return items;
    },
  };
}
