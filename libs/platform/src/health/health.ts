export interface CheckResult {
  ok: boolean;
  /** Why not, for an operator. */
  reason?: string;
}

export interface Readiness {
  status: 'ready' | 'not_ready';
  checks: Record<string, CheckResult>;
}

export type Check = () => Promise<CheckResult> | CheckResult;

/** Shorter than the gateway waits for a service's readiness, so that the reason arrives. */
const CHECK_TIMEOUT_MS = 1_000;
const KEEP_MS = 500;

/** Collects what a service needs to be ready. Liveness never asks any of it. */
export class Health {
  private readonly checks = new Map<string, Check>();
  private last: { at: number; readiness: Promise<Readiness> } | null = null;

  add(name: string, check: Check): void {
    this.checks.set(name, check);
  }

  /** Runs all checks at once, each for a second at most; an answer is kept for half a second. */
  readiness(): Promise<Readiness> {
    const now = performance.now();
    if (!this.last || now - this.last.at > KEEP_MS) this.last = { at: now, readiness: this.run() };
    return this.last.readiness;
  }

  private async run(): Promise<Readiness> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await bounded(name, check)] as const),
    );
    const ready = results.every(([, result]) => result.ok);
    return { status: ready ? 'ready' : 'not_ready', checks: Object.fromEntries(results) };
  }
}

async function bounded(name: string, check: Check): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<CheckResult>((resolve) => {
    timer = setTimeout(
      () => resolve({ ok: false, reason: `${name}: no answer within ${CHECK_TIMEOUT_MS} ms` }),
      CHECK_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([Promise.resolve().then(check), timeout]);
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
