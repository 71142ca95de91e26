import type { JsonObject, JsonValue } from '@rpa/contracts';
import type { ImportReport } from './report.js';
import { translateExpression } from './python-expression.js';
import { NotTranslatable } from './python-tokens.js';

/** Ids may hold hyphens and other signs in the original; here they are small letters, digits and underscores. */
export function importId(id: string): string {
  const cleaned = id.toLowerCase().replace(/[^a-z0-9_]/g, '_');
  const named = /^[a-z]/.test(cleaned) ? cleaned : `s_${cleaned}`;
  return named.slice(0, 64);
}

const BRACES = /\{\{(.*?)\}\}/gs;
const BLOCK = /\{%.*?%\}/s;
const HYPHENED = /\bsteps\.([A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)+)/g;

/** Translates the expressions in every text of a value; what has no counterpart stays as text and is reported. */
export function importValue(
  value: JsonValue,
  step: string | undefined,
  field: string,
  report: ImportReport,
): JsonValue {
  if (typeof value === 'string') return importText(value, step, field, report);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((entry, index) => importValue(entry, step, `${field}[${index}]`, report));
  const copy: JsonObject = {};
  for (const [key, entry] of Object.entries(value)) {
    if (key !== '__proto__') copy[key] = importValue(entry, step, `${field}.${key}`, report);
  }
  return copy;
}

function importText(text: string, step: string | undefined, field: string, report: ImportReport): string {
  if (BLOCK.test(text)) {
    report.add('lost', step, field, 'A block {% %} has no counterpart; the text is kept as it was');
    return text.replaceAll('{{', '\\{{');
  }
  return text.replace(BRACES, (whole, inner: string) => {
    const translated = importExpression(inner, step, field, report);
    return translated === undefined ? `\\${whole}` : `{{ ${translated} }}`;
  });
}

/** One expression in our language, or `undefined` when it has no counterpart; that is reported. */
export function importExpression(
  source: string,
  step: string | undefined,
  field: string,
  report: ImportReport,
): string | undefined {
  try {
    const named = source.replace(HYPHENED, (_match, id: string) => `steps.${importId(id)}`);
    return translateExpression(named.trim());
  } catch (error) {
    if (!(error instanceof NotTranslatable)) throw error;
    report.add(
      'lost',
      step,
      field,
      `The expression ${source.trim().slice(0, 200)} was not translated: ${error.message}`,
    );
    return undefined;
  }
}

/** Seconds, as the original counts them, as a duration. */
export function importSeconds(value: JsonValue | undefined): string | undefined {
  const seconds = typeof value === 'string' ? Number(value) : value;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds <= 0) return undefined;
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.max(1, Math.round(seconds * 1000))}ms`;
}
