import { SchemaInvalid, UNKNOWN, type Keyword } from './check.js';

function numeric(keyword: string, holds: (value: number, limit: number) => boolean, phrase: string): Keyword {
  return (limit, _schema, _compiler, path) => {
    if (typeof limit !== 'number') throw new SchemaInvalid([...path, keyword], `${keyword} must be a number`);
    return (value, context) => {
      if (value === UNKNOWN) return undefined;
      if (typeof value !== 'number' || holds(value, limit)) return true;
      return context.fault(keyword, `must be ${phrase} ${limit}`);
    };
  };
}

function isMultiple(value: number, of: number): boolean {
  const quotient = value / of;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9 * Math.max(1, Math.abs(quotient));
}

export const NUMBER_KEYWORDS: { [keyword: string]: Keyword } = {
  minimum: numeric('minimum', (value, limit) => value >= limit, 'at least'),
  maximum: numeric('maximum', (value, limit) => value <= limit, 'at most'),
  exclusiveMinimum: numeric('exclusiveMinimum', (value, limit) => value > limit, 'more than'),
  exclusiveMaximum: numeric('exclusiveMaximum', (value, limit) => value < limit, 'less than'),
  multipleOf: numeric('multipleOf', isMultiple, 'a multiple of'),
};
