import { createHash } from 'node:crypto';
import { AppError, INLINE_VALUE_LIMIT, type JsonObject, type JsonValue } from '@rpa/contracts';
import type { Filing, RunEvent } from '@rpa/engine';
import {
  fileIdOf,
  insist,
  largeParts,
  referredFiles,
  roughJsonSize,
  toReference,
  type FileOwner,
  type FilesClient,
} from '@rpa/files';
import type { ValueCache } from './value-cache.js';

const JSON_TYPE = 'application/json';
const AT_ONCE = 4;

/**
 * Values of one transition that are too large for the journal. Their references are known at once, for the id of a file
 * follows from its content; {@link store} brings them to storage, and must have ended before the records are committed.
 */
export class PendingFiles {
  /** Made when they are needed: almost no transition has a large value. */
  private contents: Map<string, Buffer> | null = null;
  private known: Map<unknown, JsonObject> | null = null;
  private inherited: Map<string, readonly string[] | null> | null = null;

  constructor(
    private readonly owner: FileOwner,
    private readonly files: FilesClient,
    private readonly cache: ValueCache,
    private readonly maxBytes: number,
  ) {}

  /** What stands for a value in the journal; the value itself when it is small. */
  readonly put: Filing = (value, keepShape) => {
    const parts = largeParts(value, INLINE_VALUE_LIMIT, keepShape);
    if (parts === 'none') return value;
    if (parts === 'whole') return this.file(value);
    const members = value as { [name: string]: JsonValue };
    return { ...members, ...Object.fromEntries(parts.map((name) => [name, this.file(members[name] ?? null)])) };
  };

  get isEmpty(): boolean {
    return this.contents === null && this.inherited === null;
  }

  /** Files that come with a value of another execution must belong to this one too, before it journals them. */
  inherit(from: string, value: unknown): void {
    const ids = referredFiles(value);
    if (ids.size > 0) (this.inherited ??= new Map()).set(from, [...ids]);
  }

  /** The same for what an event brings from another execution, and for what the files in it refer to. */
  inheritFrom(event: RunEvent, formerRun: string | undefined): void {
    if (event.type === 'child_ended') this.inheritAll(event.executionId, event.output);
    else if (event.type === 'adoptions_loaded' && formerRun !== undefined) this.inheritAll(formerRun, event.adoptions);
  }

  /**
   * Repeats until everything is stored, as long as somebody wants it.
   * @throws `unavailable` when nobody does any more, or the error for which storage will never take a value
   */
  async store(isWanted: () => boolean): Promise<void> {
    for (const [from, ids] of this.inherited ?? [])
      await insist(isWanted, () => this.files.retain(this.owner, from, ids ?? undefined));
    const left = [...(this.contents?.values() ?? [])];
    const take = async (): Promise<void> => {
      for (let bytes = left.pop(); bytes; bytes = left.pop()) await this.save(bytes, isWanted);
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, left.length) }, take));
    this.contents = null;
    this.inherited = null;
  }

  private inheritAll(from: string, value: unknown): void {
    if (referredFiles(value).size > 0) (this.inherited ??= new Map()).set(from, null);
  }

  private async save(bytes: Buffer, isWanted: () => boolean): Promise<void> {
    await insist(isWanted, () => this.files.save(this.owner, [bytes], JSON_TYPE));
  }

  private file(value: JsonValue): JsonObject {
    const known = this.known?.get(value);
    if (known) return known;
    if (roughJsonSize(value, this.maxBytes) > this.maxBytes)
      throw new AppError(
        'too_large',
        `A value of more than ${this.maxBytes} bytes was made, which EXECUTIONS_MAX_VALUE_BYTES forbids.`,
      );
    const bytes = Buffer.from(JSON.stringify(value));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const { organizationId } = this.owner;
    const id = fileIdOf({ organizationId, sha256, contentType: JSON_TYPE });
    const reference = { ...toReference({ id, size: bytes.length, contentType: JSON_TYPE, sha256 }) } as JsonObject;
    (this.contents ??= new Map()).set(id, bytes);
    (this.known ??= new Map()).set(value, reference);
    this.cache.set(organizationId, id, value, bytes.length);
    return reference;
  }
}
