import type { JsonValue } from '@rpa/contracts';
import { LRUCache } from 'lru-cache';

/**
 * Contents that were read or written a moment ago, by organization and file. Ids follow from the content, so nothing in it
 * ever becomes stale; whether a run may see a file is asked each time.
 */
export class ValueCache {
  private readonly values: LRUCache<string, { value: JsonValue }>;

  constructor(maxBytes: number) {
    this.values = new LRUCache({ maxSize: maxBytes, maxEntrySize: maxBytes });
  }

  get(organizationId: string, id: string): { value: JsonValue } | undefined {
    return this.values.get(`${organizationId} ${id}`);
  }

  set(organizationId: string, id: string, value: JsonValue, bytes: number): void {
    this.values.set(`${organizationId} ${id}`, { value }, { size: Math.max(1, bytes) });
  }
}
