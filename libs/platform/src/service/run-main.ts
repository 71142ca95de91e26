import { ConfigError } from '../config/define-config.js';
import type { RunningService } from './start-service.js';

const STOP_WITHIN_MS = 9_000;

/**
 * Runs one service as its own process: starts it, drains it at SIGTERM or SIGINT, and exits with 0; with 1 and one clear
 * message when it cannot start.
 */
export async function runMain(start: () => Promise<RunningService>): Promise<void> {
  try {
    const running = await start();
    const end = (): void => {
      setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
      void running.stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    };
    process.once('SIGTERM', end);
    process.once('SIGINT', end);
    // Started by a launcher that died: nobody would ever end this process.
    process.once('disconnect', end);
  } catch (error) {
    const text =
      error instanceof ConfigError || !(error instanceof Error) ? String(error) : (error.stack ?? error.message);
    process.stderr.write(`${text}\n`);
    process.exit(1);
  }
}
