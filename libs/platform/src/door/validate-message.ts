import { AppError, jsonFieldsOf, type Fault, type MessageClass } from '@rpa/contracts';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validate, type ValidationError } from 'class-validator';

/**
 * Turns a plain body into its message class: unknown fields are refused, free JSON passes uncopied. Throws
 * `validation_failed` with every fault at once; a malformed `id` is `not_found`, like any id that does not exist.
 */
export async function validateMessage<T extends object>(message: MessageClass<T>, body: unknown): Promise<T> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new AppError('validation_failed', 'The body must be a JSON object.');
  const free = jsonFieldsOf(message);
  const plain: Record<string, unknown> = { ...body };
  const kept: Record<string, unknown> = {};
  for (const field of free)
    if (Object.hasOwn(plain, field)) {
      kept[field] = plain[field];
      delete plain[field];
    }
  if (!hasFields(message)) return emptyMessage(message, plain);
  const instance = Object.assign(plainToInstance(message, plain, { exposeDefaultValues: true }), kept);
  const errors = await validate(instance, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: true },
  });
  if (errors.length === 0) return instance;
  if (errors.length === 1 && errors[0]?.property === 'id' && errors[0].constraints?.['matches'])
    throw new AppError('not_found');
  throw refusal(errors.flatMap((error) => toFaults(error, '')));
}

const WITH_FIELDS = new WeakMap<object, boolean>();

function hasFields(message: MessageClass<object>): boolean {
  let known = WITH_FIELDS.get(message);
  if (known === undefined) {
    known = getMetadataStorage().getTargetValidationMetadatas(message, '', true, false).length > 0;
    WITH_FIELDS.set(message, known);
  }
  return known;
}

/** The validator knows no class without fields, and would refuse it whatever it holds. */
function emptyMessage<T extends object>(message: MessageClass<T>, plain: object): T {
  const unknown = Object.keys(plain);
  if (unknown.length > 0) throw refusal(unknown.map((field) => unknownField(field, field)));
  return new message();
}

function refusal(faults: Fault[]): AppError {
  const fields = new Set(faults.map(({ path }) => path)).size;
  return new AppError('validation_failed', `${fields} field(s) of the request are not valid.`, {
    errors: faults,
  });
}

function unknownField(path: string, field: string): Fault {
  return { path, code: 'unknown_field', message: `'${field}' is not a field of this request` };
}

function toFaults(error: ValidationError, prefix: string): Fault[] {
  const path = pathOf(prefix, error.property);
  return [...ownFaults(error, path), ...(error.children ?? []).flatMap((child) => toFaults(child, path))];
}

const TYPES = ['isString', 'isInt', 'isNumber', 'isBoolean', 'isArray', 'isObject'];

/** A field that is missing or of another type breaks every rule about its value too, which would say nothing more. */
function ownFaults({ constraints = {}, property, value }: ValidationError, path: string): Fault[] {
  const broken = Object.entries(constraints);
  if ('whitelistValidation' in constraints) return [unknownField(path, property)];
  if (broken.length > 0 && (value === undefined || value === null))
    return [{ path, code: 'required', message: `${property} is required` }];
  const type = broken.find(([code]) => TYPES.includes(code));
  return (type ? [type] : broken).map(([code, message]) => ({ path, code, message }));
}

/** As faults are written everywhere: `items[2].amount`. */
function pathOf(prefix: string, property: string): string {
  if (!prefix) return property;
  return /^\d+$/.test(property) ? `${prefix}[${property}]` : `${prefix}.${property}`;
}
