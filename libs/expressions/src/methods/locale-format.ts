import { rangeFault } from '../expression.errors.js';
import { toText } from '../runtime/coercion.js';
import { toPlain } from '../runtime/plain-data.js';
import type { Runtime } from '../runtime/runtime.js';

/** What the host's own locale would give is nobody's choice, so there is a fixed default. */
export const DEFAULT_LOCALE = 'en-US';

/** Building a formatter costs tens of microseconds whatever it formats. */
const FORMATTER_COST = 2_000;

export function formatNumber(rt: Runtime, value: number, locale: unknown, options: unknown): string {
  rt.work(FORMATTER_COST);
  return rt.text(new Intl.NumberFormat(localeOf(rt, locale), optionsOf(rt, options)).format(value));
}

export function formatDateTime(
  rt: Runtime,
  value: number,
  locale: unknown,
  options: unknown,
  defaults: Intl.DateTimeFormatOptions,
): string {
  rt.work(FORMATTER_COST);
  if (Number.isNaN(value)) return 'Invalid Date';
  const given = optionsOf(rt, options) as Intl.DateTimeFormatOptions | undefined;
  const settings = Object.keys(given ?? {}).some((name) => !NOT_A_FIELD.has(name)) ? given : { ...defaults, ...given };
  const formatter = new Intl.DateTimeFormat(localeOf(rt, locale), { timeZone: 'UTC', ...settings });
  return rt.text(formatter.format(value));
}

const NOT_A_FIELD = new Set(
  ['timeZone', 'hour12', 'hourCycle', 'calendar', 'numberingSystem', 'localeMatcher'].concat([
    'formatMatcher',
    'timeZoneName',
    'era',
  ]),
);

function localeOf(rt: Runtime, locale: unknown): string {
  const name = locale === undefined ? DEFAULT_LOCALE : toText(rt, locale);
  try {
    return Intl.getCanonicalLocales(name)[0] ?? DEFAULT_LOCALE;
  } catch {
    throw rangeFault("This is not a language tag such as 'en-US' or 'de'.");
  }
}

function optionsOf(rt: Runtime, options: unknown): Record<string, unknown> | undefined {
  const plain = toPlain(rt, options);
  return typeof plain === 'object' && plain !== null ? { ...plain } : undefined;
}
