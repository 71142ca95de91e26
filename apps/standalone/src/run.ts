import { EmbeddedError } from '@rpa/embedded';
import { ConfigError } from '@rpa/platform';
import { GivenServerError } from './given-servers.js';

const STOP_WITHIN_MS = 9_500;
/** Ctrl-C reaches this process twice when a parent hands it on; a person who means it presses again later. */
const SAME_SIGNAL_MS = 1_500;

export interface Running {
  stop(): Promise<void>;
}

/** Runs until SIGINT or SIGTERM, then drains and exits with 0; explains in plain words why it could not start. */
export async function run(start: (signal: AbortSignal) => Promise<Running>): Promise<void> {
  const aborted = new AbortController();
  let running: Running | null = null;
  let stoppingSince = 0;
  const end = (): void => {
    if (stoppingSince > 0) {
      if (Date.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(130);
      return;
    }
    stoppingSince = Date.now();
    process.stdout.write('\nStopping: finishing what runs, then the servers ...\n');
    aborted.abort(new Error('stopped'));
    if (!running) return;
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    void running.stop().then(exitCleanly, (error: unknown) => explain(error));
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  try {
    running = await start(aborted.signal);
    if (aborted.signal.aborted) await running.stop().then(exitCleanly);
  } catch (error) {
    if (aborted.signal.aborted) exitCleanly();
    explain(error);
  }
}

/** Waits for the next part of a start; when it fails, what runs already is stopped instead of left behind. */
export async function orStop<T>(next: Promise<T>, running: Running): Promise<T> {
  try {
    return await next;
  } catch (error) {
    await running.stop();
    throw error;
  }
}

function exitCleanly(): void {
  process.stdout.write('Stopped.\n');
  process.exit(0);
}

function explain(error: unknown): never {
  if (error instanceof EmbeddedError || error instanceof GivenServerError)
    process.stderr.write(`\n${error.message}\n  -> ${error.hint}\n`);
  else if (error instanceof ConfigError) process.stderr.write(`\n${error.message}\n`);
  else if (isAddressInUse(error))
    process.stderr.write(
      `\nPort ${error.port} is taken by another program.\n  -> Set PORT to a free one, e.g. PORT=3100 npm start\n`,
    );
  else process.stderr.write(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}

function isAddressInUse(error: unknown): error is { port: number } {
  return (error as { code?: string } | null)?.code === 'EADDRINUSE';
}
