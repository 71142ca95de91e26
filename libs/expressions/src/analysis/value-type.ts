/** The part of JSON Schema that says what an expression may read. Everything else is ignored. */
export interface DataSchema {
  type?: string | readonly string[];
  title?: string;
  description?: string;
  properties?: Readonly<Record<string, DataSchema>>;
  additionalProperties?: boolean | DataSchema;
  items?: DataSchema | boolean;
  anyOf?: readonly DataSchema[];
  oneOf?: readonly DataSchema[];
  enum?: readonly unknown[];
  const?: unknown;
}

export type Kind =
  'string' | 'number' | 'boolean' | 'null' | 'undefined' | 'array' | 'object' | 'date' | 'regexp' | 'function';

/** What is known of a value before it is there. Without kinds nothing is known. */
export interface ValueType {
  kinds: readonly Kind[];
  /** Known properties of an object. */
  properties?: Readonly<Record<string, ValueType>>;
  /** Whether it has no other properties. */
  closed?: boolean;
  /** The items of an array. */
  items?: ValueType;
  description?: string;
}

export const UNKNOWN: ValueType = { kinds: [] };

export const ofKind = (...kinds: Kind[]): ValueType => ({ kinds });

export const arrayOf = (items: ValueType): ValueType => ({ kinds: ['array'], items });

const KINDS: Record<string, Kind> = { string: 'string', number: 'number', integer: 'number', boolean: 'boolean' };
Object.assign(KINDS, { null: 'null', array: 'array', object: 'object' } satisfies Record<string, Kind>);

const MAX_SCHEMA_DEPTH = 50;

export function typeOfSchema(schema: DataSchema | boolean | undefined, depth = 0): ValueType {
  if (typeof schema !== 'object' || depth > MAX_SCHEMA_DEPTH) return UNKNOWN;
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return unionOf(alternatives.map((part) => typeOfSchema(part, depth + 1)));
  if (schema.enum !== undefined) return unionOf(schema.enum.map(typeOfValue));
  if (schema.const !== undefined) return typeOfValue(schema.const);
  const named = schema.type === undefined ? impliedType(schema) : [schema.type].flat();
  const type: ValueType = { kinds: named.flatMap((name) => KINDS[name] ?? []) };
  if (schema.description !== undefined) type.description = schema.description;
  if (schema.properties !== undefined) {
    const entries = Object.entries(schema.properties).map(([name, part]) => [name, typeOfSchema(part, depth + 1)]);
    type.properties = Object.fromEntries(entries) as Record<string, ValueType>;
    type.closed = schema.additionalProperties === false;
  }
  if (schema.items !== undefined) type.items = typeOfSchema(schema.items, depth + 1);
  return type;
}

function impliedType({ properties, items }: DataSchema): string[] {
  return [...(properties === undefined ? [] : ['object']), ...(items === undefined ? [] : ['array'])];
}

export function typeOfValue(value: unknown): ValueType {
  if (value === null) return ofKind('null');
  if (Array.isArray(value)) return ofKind('array');
  const kind = typeof value;
  return kind === 'string' || kind === 'number' || kind === 'boolean' || kind === 'object' ? ofKind(kind) : UNKNOWN;
}

/** What a value is that may be any of these. */
export function unionOf(types: readonly ValueType[]): ValueType {
  if (types.length === 0 || types.some(({ kinds }) => kinds.length === 0)) return UNKNOWN;
  const [first] = types;
  if (first !== undefined && types.length === 1) return first;
  const union: ValueType = { kinds: [...new Set(types.flatMap(({ kinds }) => kinds))] };
  const objects = types.filter(({ kinds }) => kinds.includes('object'));
  const [object] = objects;
  if (object?.properties !== undefined && objects.length === 1) {
    union.properties = object.properties;
    union.closed = object.closed ?? false;
  }
  const arrays = types.filter(({ kinds }) => kinds.includes('array'));
  if (arrays.length > 0) union.items = unionOf(arrays.map(({ items }) => items ?? UNKNOWN));
  return union;
}

/** A type in words, for hover: `string`, `array of object`, `number or null`. */
export function describeType({ kinds, items }: ValueType): string {
  if (kinds.length === 0) return 'any';
  const ofItems = items === undefined || items.kinds.length === 0 ? '' : ` of ${describeType(items)}`;
  return kinds.map((kind) => (kind === 'array' ? `array${ofItems}` : kind)).join(' or ');
}
