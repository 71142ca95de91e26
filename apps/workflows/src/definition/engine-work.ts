import { Worker } from 'node:worker_threads';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AppError, type JsonObject } from '@rpa/contracts';
import { canonicalDefinition, normalizeDefinition, validateDefinition } from '@rpa/engine';

/** Characters of JSON that are worked on in place: some 10 ms of the engine's time. */
const INLINE_CHARACTERS = 32 * 1024;
const MAX_THREADS = 2;
const MAX_WAITING = 16;
const TIMEOUT_MS = 30_000;
const THREAD_MB = 256;

type ValidationContext = NonNullable<Parameters<typeof validateDefinition>[1]>;
type Validation = ReturnType<typeof validateDefinition>;
type NormalizeContext = NonNullable<Parameters<typeof normalizeDefinition>[1]>;

export interface Normalized {
  definition: JsonObject;
  /** What the version's hash is taken of. */
  canonical: string;
}

/**
 * The engine's work on definitions. Small ones are done at once; a large one goes to a thread that ends with it, so that the
 * service goes on answering. At most two threads run and sixteen definitions wait; past that it throws `overloaded`.
 */
@Injectable()
export class EngineWork implements OnModuleDestroy {
  private readonly threads = new Set<Worker>();
  private readonly waiting: (() => void)[] = [];

  async validate(definition: JsonObject, context: ValidationContext): Promise<Validation> {
    if (isSmall(definition)) return validateDefinition(definition, context);
    return this.inThread<Validation>('validate', definition, context);
  }

  async normalize(draft: JsonObject, context: NormalizeContext): Promise<Normalized> {
    if (!isSmall(draft)) return this.inThread<Normalized>('normalize', draft, context);
    const definition = normalizeDefinition(draft, context);
    return { definition: definition as unknown as JsonObject, canonical: canonicalDefinition(definition) };
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([...this.threads].map((thread) => thread.terminate()));
  }

  private async inThread<Result>(task: string, definition: JsonObject, context: object): Promise<Result> {
    while (this.threads.size >= MAX_THREADS) {
      if (this.waiting.length >= MAX_WAITING)
        throw new AppError('overloaded', 'Too many large definitions are being checked at once; try again.');
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    const thread = new Worker(new URL('./engine-thread.js', import.meta.url), {
      name: 'engine',
      resourceLimits: { maxOldGenerationSizeMb: THREAD_MB },
      workerData: { task, definition, context },
    });
    this.threads.add(thread);
    try {
      return await answerOf<Result>(thread);
    } finally {
      await thread.terminate();
      this.threads.delete(thread);
      this.waiting.shift()?.();
    }
  }
}

function isSmall(definition: JsonObject): boolean {
  return JSON.stringify(definition).length <= INLINE_CHARACTERS;
}

async function answerOf<Result>(thread: Worker): Promise<Result> {
  return new Promise<Result>((resolve, reject) => {
    const tooLong = setTimeout(() => reject(tooExpensive(`more than ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
    const settle = <Value>(done: (value: Value) => void) => {
      return (value: Value): void => {
        clearTimeout(tooLong);
        done(value);
      };
    };
    thread.once('message', settle(resolve));
    thread.once(
      'error',
      settle((error: NodeJS.ErrnoException) =>
        reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooExpensive(`more than ${THREAD_MB} MB`) : error),
      ),
    );
    thread.once(
      'exit',
      settle(() => reject(new AppError('unavailable', 'The service is stopping.'))),
    );
  });
}

function tooExpensive(what: string): AppError {
  const message = `Checking the definition takes ${what}; make it smaller.`;
  return new AppError('definition_invalid', message, { errors: [{ path: '', code: 'too_large', message }] });
}
