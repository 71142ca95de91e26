import { SchemaInvalid, UNKNOWN, UNKNOWN_TEXT, type Keyword } from './check.js';
import { FORMATS } from './formats.js';
import { compilePattern } from './pattern.js';

function length(keyword: string, holds: (value: number, limit: number) => boolean, phrase: string): Keyword {
  return (limit, _schema, _compiler, path) => {
    if (typeof limit !== 'number') throw new SchemaInvalid([...path, keyword], `${keyword} must be a number`);
    return (value, context) => {
      if (value === UNKNOWN || value === UNKNOWN_TEXT) return undefined;
      if (typeof value !== 'string' || holds(characters(value), limit)) return true;
      return context.fault(keyword, `must have ${phrase} ${limit} characters`);
    };
  };
}

/** Code points, not UTF-16 units. */
function characters(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length - 1; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit <= 0xdbff && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00) count--;
  }
  return count;
}

const pattern: Keyword = (source, _schema, _compiler, path) => {
  const matches = compilePattern(source, [...path, 'pattern']);
  return (value, context) => {
    if (value === UNKNOWN || value === UNKNOWN_TEXT) return undefined;
    if (typeof value !== 'string' || matches(value)) return true;
    return context.fault('pattern', `must match the pattern ${String(source).slice(0, 200)}`);
  };
};

const format: Keyword = (name) => {
  const holds = typeof name === 'string' && Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (!holds) return undefined;
  return (value, context) => {
    if (value === UNKNOWN || value === UNKNOWN_TEXT) return undefined;
    if (typeof value !== 'string' || holds(value)) return true;
    return context.fault('format', `must be a valid ${String(name)}`);
  };
};

export const STRING_KEYWORDS: { [keyword: string]: Keyword } = {
  minLength: length('minLength', (value, limit) => value >= limit, 'at least'),
  maxLength: length('maxLength', (value, limit) => value <= limit, 'at most'),
  pattern,
  format,
};
