import { AppError, type FileTicket, type JsonValue } from '@rpa/contracts';
import { insist, readValue, type FileOwner, type FilesClient } from '@rpa/files';
import type { ValueCache } from './value-cache.js';

export interface ReadValues {
  values: { [fileId: string]: JsonValue };
  /** Files that cannot be read, and why. */
  faults: { [fileId: string]: { code: string; message: string } };
}

/** Files are read one after the other in so many lanes: what all runs together have in memory is bounded. */
const LANES = 4;

/** Contents of files that an execution refers to, as values, at most `maxBytes` at once. */
export class ValueReader {
  private readonly lanes: Promise<unknown>[] = Array.from({ length: LANES }, () => Promise.resolve());
  private next = 0;

  constructor(
    private readonly files: FilesClient,
    private readonly cache: ValueCache,
    private readonly maxBytes: number,
  ) {}

  /** Waits for storage when it is away, as long as somebody wants the values. */
  execute(owner: FileOwner, ids: readonly string[], isWanted: () => boolean): Promise<ReadValues> {
    const lane = this.next++ % LANES;
    const reading = (this.lanes[lane] ?? Promise.resolve()).then(() => this.read(owner, ids, isWanted));
    this.lanes[lane] = reading.catch(() => undefined);
    return reading;
  }

  private async read(owner: FileOwner, ids: readonly string[], isWanted: () => boolean): Promise<ReadValues> {
    const read: ReadValues = { values: {}, faults: {} };
    const tickets = await insist(isWanted, () => this.files.find(owner, ids));
    let bytes = 0;
    for (const id of ids) {
      const ticket = tickets.get(id);
      bytes += ticket?.size ?? 0;
      if (!ticket) read.faults[id] = notFound(id);
      else if (bytes > this.maxBytes) read.faults[id] = tooLarge(ticket, bytes, this.maxBytes);
      else await this.readOne(owner, ticket, isWanted, read);
    }
    return read;
  }

  private async readOne(
    { organizationId, executionId }: FileOwner,
    { id, size }: FileTicket,
    isWanted: () => boolean,
    read: ReadValues,
  ): Promise<void> {
    const known = this.cache.get(organizationId, id);
    if (known) {
      read.values[id] = known.value;
      return;
    }
    try {
      const value = await insist(isWanted, async () => {
        // A ticket is short-lived: each try gets a new one.
        const fresh = (await this.files.find({ organizationId, executionId }, [id])).get(id);
        if (!fresh) throw new AppError('not_found', notFound(id).message);
        return readValue(fresh, await this.files.readAll(fresh));
      });
      this.cache.set(organizationId, id, value, size);
      read.values[id] = value;
    } catch (error) {
      if (!AppError.is(error) || !['file_damaged', 'not_found'].includes(error.code)) throw error;
      const code = error.code === 'not_found' ? 'file_not_found' : error.code;
      read.faults[id] = { code, message: error.message };
    }
  }
}

function notFound(id: string): { code: string; message: string } {
  return { code: 'file_not_found', message: `The file ${id} does not exist, or does not belong to this execution.` };
}

function tooLarge({ id, size }: FileTicket, bytes: number, limit: number): { code: string; message: string } {
  const together = bytes > size ? `, ${bytes} together with the others that are read here` : '';
  return {
    code: 'value_too_large',
    message: `The file ${id} has ${size} bytes${together}; expressions read at most ${limit}. Hand it on instead.`,
  };
}
