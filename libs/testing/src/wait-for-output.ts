import type { ChildProcess } from 'node:child_process';

const DEFAULT_TIMEOUT_MS = 10_000;
const SHOWN = 2_000;

/**
 * Waits until a child has printed something, on stdout or stderr (both must be pipes).
 * @returns the match
 * @throws with the end of what it printed when it ends before, or does not print it in time
 */
export function waitForOutput(
  child: ChildProcess,
  pattern: RegExp,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let output = '';
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      child.off('exit', onExit);
      child.stdout?.off('data', onData);
      child.stderr?.off('data', onData);
      // Somebody must go on reading, or the child blocks on a full pipe.
      child.stdout?.resume();
      child.stderr?.resume();
      settle();
    };
    const fail = (what: string) =>
      finish(() => reject(new Error(`The process ${what} before it printed ${pattern}:\n${output.slice(-SHOWN)}`)));
    const onExit = (code: number | null, signal: string | null) => fail(`ended (${signal ?? code})`);
    const onData = (chunk: Buffer) => {
      output += chunk.toString();
      const match = pattern.exec(output);
      if (match) finish(() => resolve(match));
    };
    const timer = setTimeout(() => fail(`took more than ${timeoutMs} ms`), timeoutMs);
    child.once('exit', onExit);
    child.stdout?.on('data', onData);
    child.stderr?.on('data', onData);
  });
}
