const started = performance.now();

/** Tells the person at the terminal what is going on, with the seconds since the start. */
export function progress(line: string): void {
  process.stdout.write(`[${secondsSinceStart()} s] ${line}\n`);
}

export function secondsSinceStart(): string {
  return ((performance.now() - started) / 1000).toFixed(1);
}
