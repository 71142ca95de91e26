import { open, rename, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

const ROTATE_BYTES = 10 * 1024 * 1024;
const TAIL_BYTES = 4096;

/** The file that a server writes its output to, so that neither needs the other to stay alive. */
export interface ServerLog {
  readonly path: string;
  /** To hand to the child as stdout and stderr. */
  readonly fd: number;
  /** What was written since it was opened, at most the last 4 KiB. */
  tail(): Promise<string>;
  close(): Promise<void>;
}

async function readFrom(file: FileHandle, start: number): Promise<string> {
  const { size } = await file.stat();
  const from = Math.max(start, size - TAIL_BYTES);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(0, size - from)), 0, undefined, from);
  return buffer.toString('utf8', 0, bytesRead);
}

/** Opens it for appending; one that has grown past 10 MiB is first set aside as `<path>.1`. */
export async function openServerLog(path: string): Promise<ServerLog> {
  const before = await stat(path).catch(() => undefined);
  if (before && before.size > ROTATE_BYTES) await rename(path, `${path}.1`);
  const file = await open(path, 'a+', 0o600);
  const { size } = await file.stat();
  return { path, fd: file.fd, tail: () => readFrom(file, size), close: () => file.close() };
}
