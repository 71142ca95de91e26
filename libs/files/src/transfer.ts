import { request, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError, type ErrorBody, type StoredFile } from '@rpa/contracts';

export type Content = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

interface Target {
  url: string;
  token: string;
}

/** Nothing has moved for so long: the other end is gone. */
const SILENCE_MS = 60_000;
const LONGEST_ANSWER = 64 * 1024;

/** Sends bytes to storage as fast as it takes them; the answer comes when they are on disk. */
export async function upload(target: Target, content: Content, signal?: AbortSignal): Promise<StoredFile> {
  let sourceFailed: { error: unknown } | null = null;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield* content;
    } catch (error) {
      sourceFailed = { error };
      throw error;
    }
  }
  const outgoing = open('PUT', target, signal);
  const answered = answerOf(outgoing);
  // Both are waited for: an answer may come before everything is sent, and says more than a closed connection.
  answered.catch(() => undefined);
  const sent = await pipeline(Readable.from(source(), { objectMode: false }), outgoing).catch(
    (error: unknown) => error,
  );
  if (sourceFailed) throw (sourceFailed as { error: unknown }).error as Error;
  const answer = await answered.catch(() => {
    signal?.throwIfAborted();
    throw new AppError('unavailable', 'Storage did not take a file to its end.', { cause: sent });
  });
  return JSON.parse(await textOf(await accepted(answer))) as StoredFile;
}

/** The bytes of a file as storage has them; whoever reads on holds it back. */
export async function download(target: Target, signal?: AbortSignal): Promise<IncomingMessage> {
  const outgoing = open('GET', target, signal);
  const answered = answerOf(outgoing);
  outgoing.end();
  try {
    return await accepted(await answered);
  } catch (error) {
    signal?.throwIfAborted();
    if (AppError.is(error)) throw error;
    throw new AppError('unavailable', 'Storage did not give a file.', { cause: error });
  }
}

function open(method: 'PUT' | 'GET', { url, token }: Target, signal: AbortSignal | undefined) {
  const outgoing = request(url, {
    method,
    // A connection of its own: an old one may be closed by the other end at the moment that it is used again.
    agent: false,
    headers: { authorization: `Bearer ${token}` },
    ...(signal && { signal }),
  });
  outgoing.setTimeout(SILENCE_MS, () => outgoing.destroy(new Error(`Nothing moved for ${SILENCE_MS} ms.`)));
  return outgoing;
}

function answerOf(outgoing: ReturnType<typeof request>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
  });
}

/** The answer, or the error that it tells. */
async function accepted(answer: IncomingMessage): Promise<IncomingMessage> {
  const status = answer.statusCode ?? 500;
  if (status < 300) return answer;
  throw AppError.fromBody(readError(await textOf(answer)));
}

function readError(text: string): Partial<ErrorBody> {
  try {
    return JSON.parse(text) as Partial<ErrorBody>;
  } catch {
    return { code: 'unavailable', detail: 'Storage answered with something that is no JSON.' };
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LONGEST_ANSWER) throw new AppError('unavailable', 'Storage answered with more than can be right.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
