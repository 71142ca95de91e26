import { ValidateBy, type ValidationOptions } from 'class-validator';
import { JsonField } from '../messages/fields.js';

/** What a start says about itself to be found by, e.g. `{ "region": "eu", "tier": "gold" }`. */
export type Labels = { [name: string]: string };

export const MAX_LABELS = 10;
const NAME = /^[a-z][a-z0-9_.-]{0,62}$/;
// eslint-disable-next-line no-control-regex -- control characters are exactly what is refused
const VALUE = /^[^\u0000-\u001f\u007f]{1,255}$/u;

/** What is wrong with labels; null when nothing is. */
export function labelFault(labels: unknown): string | null {
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) return 'must be an object of texts';
  const entries = Object.entries(labels);
  if (entries.length > MAX_LABELS) return `has ${entries.length} entries; ${MAX_LABELS} are allowed`;
  for (const [name, value] of entries) {
    if (!NAME.test(name)) return `has the name '${name.slice(0, 80)}'; use a-z first, then a-z, 0-9, '_', '.' and '-'`;
    if (typeof value !== 'string' || !VALUE.test(value)) return `.${name} must be a text of 1 to 255 characters`;
  }
  return null;
}

/** `{ name: value }`: at most 10 labels, values of at most 255 characters. */
export function IsLabels(options?: ValidationOptions): PropertyDecorator {
  return (target, key) => {
    JsonField()(target, key);
    const validator = {
      validate: (value: unknown) => labelFault(value) === null,
      defaultMessage: (told?: { value?: unknown }) => `$property ${labelFault(told?.value)}`,
    };
    ValidateBy({ name: 'isJsonObject', validator }, options)(target, key as string);
  };
}

/** Splits `region:eu`; the value may hold further colons. */
export function readLabel(text: string): { name: string; value: string } | null {
  const colon = text.indexOf(':');
  const [name, value] = [text.slice(0, colon), text.slice(colon + 1)];
  return colon > 0 && NAME.test(name) && VALUE.test(value) ? { name, value } : null;
}

/** One `name:value`, or several of them (all must fit). */
export function IsLabelFilter(options?: ValidationOptions): PropertyDecorator {
  return (target, key) => {
    JsonField()(target, key);
    const validator = {
      validate: (given: unknown) => {
        const texts: unknown[] = Array.isArray(given) ? given : [given];
        return (
          texts.length <= MAX_LABELS && texts.every((text) => typeof text === 'string' && readLabel(text) !== null)
        );
      },
      defaultMessage: () => '$property must be name:value, at most 10 of them',
    };
    ValidateBy({ name: 'isLabelFilter', validator }, options)(target, key as string);
  };
}
