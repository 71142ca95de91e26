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

const CHECK_LIMIT_MS = 1_000;
const KEEP_MS = 500;

/** Collects what a service needs to be ready. Liveness never asks any of it. */
export class Health {
  private readonly checks = new Map<string, { check: Check; limitMs: number }>();
  private last: { at: number; readiness: Promise<Readiness> } | null = null;

  /** A check that asks others needs a longer limit than theirs, or their reasons do not arrive. */
  add(name: string, check: Check, limitMs = CHECK_LIMIT_MS): void {
    this.checks.set(name, { check, limitMs });
  }

  /** Runs all checks at once, each within its limit; an answer is kept for half a second. */
  readiness(): Promise<Readiness> {
    const now = performance.now();
    if (!this.last || now - this.last.at > KEEP_MS) this.last = { at: now, readiness: this.run() };
    return this.last.readiness;
  }

  private async run(): Promise<Readiness> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, { check, limitMs }]) => [name, await bounded(name, check, limitMs)] as const),
    );
    const ready = results.every(([, result]) => result.ok);
    return { status: ready ? 'ready' : 'not_ready', checks: Object.fromEntries(results) };
  }
}

async function bounded(name: string, check: Check, limitMs: number): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<CheckResult>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, reason: `${name}: no answer within ${limitMs} ms` }), limitMs);
  });
  try {
    return await Promise.race([Promise.resolve().then(check), timeout]);
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
