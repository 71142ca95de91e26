import type { JsonValue } from '@rpa/contracts';

/** A value as it stands in mixed text: strings as they are, everything else as JSON. */
export function asText(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
