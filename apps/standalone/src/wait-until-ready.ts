const PAUSE_MS = 100;

interface ReadyBody {
  status?: string;
  checks?: Record<string, { ok: boolean; reason?: string }>;
}

/** Polls the gateway's readiness, which stands for the whole system; says at the end what was missing. */
export async function waitUntilReady(url: string, limitMs: number, signal?: AbortSignal): Promise<void> {
  const until = Date.now() + limitMs;
  let missing = 'no answer';
  while (Date.now() < until) {
    signal?.throwIfAborted();
    try {
      const response = await fetch(`${url}/api/health/ready`, { signal: AbortSignal.timeout(2_000) });
      if (response.ok) return;
      missing = describe((await response.json()) as ReadyBody);
    } catch (error) {
      missing = error instanceof Error ? error.message : String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`The system was not ready after ${limitMs / 1000} s: ${missing}`);
}

function describe(body: ReadyBody): string {
  const bad = Object.entries(body.checks ?? {}).filter(([, check]) => !check.ok);
  return bad.map(([name, check]) => `${name} (${check.reason ?? 'not ready'})`).join(', ') || 'not ready';
}
