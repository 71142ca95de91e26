import { Allow, Matches, ValidateBy, type ValidationOptions } from 'class-validator';

const JSON_FIELDS = new WeakMap<object, Set<string>>();

/**
 * Marks a field as free JSON (a definition, inputs, a value): it is passed on as it came, neither copied nor
 * transformed, and validated by whoever owns its meaning.
 */
export function JsonField(): PropertyDecorator {
  return (target, key) => {
    const fields = JSON_FIELDS.get(target) ?? new Set<string>();
    fields.add(String(key));
    JSON_FIELDS.set(target, fields);
    Allow()(target, key as string);
  };
}

/** Names of the fields of a message class (and of its ancestors) that hold free JSON. */
export function jsonFieldsOf(message: new () => object): string[] {
  return namesIn(JSON_FIELDS, message);
}

function namesIn(marked: WeakMap<object, Set<string>>, message: new () => object): string[] {
  const names: string[] = [];
  for (
    let proto: object | null = message.prototype as object;
    proto;
    proto = Object.getPrototypeOf(proto) as object | null
  )
    names.push(...(marked.get(proto) ?? []));
  return names;
}

const SECRET_FIELDS = new WeakMap<object, Set<string>>();

/** Marks a field that holds a secret: the audit log never shows its value, under whatever name a handler repeats it. */
export function SecretField(): PropertyDecorator {
  return (target, key) => {
    const fields = SECRET_FIELDS.get(target) ?? new Set<string>();
    fields.add(String(key));
    SECRET_FIELDS.set(target, fields);
  };
}

/** Names of the fields of a message class (and of its ancestors) that hold secrets. */
export function secretsOf(message: new () => object): string[] {
  return namesIn(SECRET_FIELDS, message);
}

/** A JSON object (not an array, not null). */
export function IsJsonObject(options?: ValidationOptions): PropertyDecorator {
  return (target, key) => {
    JsonField()(target, key);
    ValidateBy(
      {
        name: 'isJsonObject',
        validator: {
          validate: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
          defaultMessage: () => '$property must be an object',
        },
      },
      options,
    )(target, key as string);
  };
}

/** An id of ours: a UUID in lower case. A malformed one is answered like one that does not exist. */
export const ID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function IsId(options?: ValidationOptions): PropertyDecorator {
  return Matches(ID_PATTERN, { message: '$property is not an id', ...options }) as PropertyDecorator;
}

/** Printable text: no control characters but tab and line breaks (PostgreSQL text refuses NUL). */
export function IsText(options?: ValidationOptions): PropertyDecorator {
  // eslint-disable-next-line no-control-regex -- control characters are exactly what is refused
  return Matches(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/u, {
    message: '$property must not contain control characters',
    ...options,
  }) as PropertyDecorator;
}

/** A key that definitions refer to: unique in its organization, stable between installations. */
export function IsKey(options?: ValidationOptions): PropertyDecorator {
  return Matches(/^[a-z][a-z0-9_-]{0,63}$/, {
    message: '$property must start with a letter and hold at most 64 of a-z, 0-9, _ and -',
    ...options,
  }) as PropertyDecorator;
}
