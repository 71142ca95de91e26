import { createHash } from 'node:crypto';
import { AppError, INLINE_VALUE_LIMIT, type JsonObject, type JsonValue } from '@rpa/contracts';
import type { RunEvent } from '@rpa/engine';
import { fileIdOf, insist, largeParts, referredFiles, toReference, type FileOwner, type FilesClient } from '@rpa/files';
import type { ValueCache } from './value-cache.js';

const JSON_TYPE = 'application/json';
const AT_ONCE = 4;

/**
 * Values of one transition that are too large for the journal. Their references are known at once, for the id of a file
 * follows from its content; {@link store} brings them to storage, and must have ended before the records are committed.
 */
export class PendingFiles {
  private readonly contents = new Map<string, Buffer>();
  private readonly known = new Map<unknown, JsonObject>();
  private readonly inherited = new Map<string, Set<string>>();

  constructor(
    private readonly owner: FileOwner,
    private readonly files: FilesClient,
    private readonly cache: ValueCache,
    private readonly maxBytes: number,
  ) {}

  /** What stands for a value in the journal; the value itself when it is small. */
  readonly put = (value: JsonValue, keepShape: boolean): JsonValue => {
    const parts = largeParts(value, INLINE_VALUE_LIMIT, keepShape);
    if (parts === 'none') return value;
    if (parts === 'whole') return this.file(value);
    const members = value as { [name: string]: JsonValue };
    return { ...members, ...Object.fromEntries(parts.map((name) => [name, this.file(members[name] ?? null)])) };
  };

  get isEmpty(): boolean {
    return this.contents.size === 0 && this.inherited.size === 0;
  }

  /** Files that come with a value of another execution must belong to this one too, before it journals them. */
  inherit(from: string, value: unknown): void {
    const ids = referredFiles(value);
    if (ids.size === 0) return;
    const known = this.inherited.get(from) ?? new Set<string>();
    for (const id of ids) known.add(id);
    this.inherited.set(from, known);
  }

  /** The same for what an event brings from another execution. */
  inheritFrom(event: RunEvent, formerRun: string | undefined): void {
    if (event.type === 'child_ended') this.inherit(event.executionId, event.output);
    else if (event.type === 'adoptions_loaded' && formerRun !== undefined) this.inherit(formerRun, event.adoptions);
  }

  /**
   * Repeats until everything is stored, as long as somebody wants it.
   * @throws `unavailable` when nobody does any more, or the error for which storage will never take a value
   */
  async store(isWanted: () => boolean): Promise<void> {
    for (const [from, ids] of this.inherited)
      await insist(isWanted, () => this.files.retain(this.owner, from, [...ids]));
    const left = [...this.contents.values()];
    const take = async (): Promise<void> => {
      for (let bytes = left.pop(); bytes; bytes = left.pop()) await this.save(bytes, isWanted);
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, left.length) }, take));
    this.contents.clear();
    this.inherited.clear();
  }

  private async save(bytes: Buffer, isWanted: () => boolean): Promise<void> {
    await insist(isWanted, () => this.files.save(this.owner, [bytes], JSON_TYPE));
  }

  private file(value: JsonValue): JsonObject {
    const known = this.known.get(value);
    if (known) return known;
    const bytes = Buffer.from(JSON.stringify(value));
    if (bytes.length > this.maxBytes)
      throw new AppError(
        'too_large',
        `A value of ${bytes.length} bytes was made; ${this.maxBytes} are allowed (EXECUTIONS_MAX_VALUE_BYTES).`,
      );
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const { organizationId } = this.owner;
    const id = fileIdOf({ organizationId, sha256, contentType: JSON_TYPE });
    const reference = { ...toReference({ id, size: bytes.length, contentType: JSON_TYPE, sha256 }) } as JsonObject;
    this.contents.set(id, bytes);
    this.known.set(value, reference);
    this.cache.set(organizationId, id, value, bytes.length);
    return reference;
  }
}
