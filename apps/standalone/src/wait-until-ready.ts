const PAUSE_MS = 100;
const TELL_EVERY_MS = 2_000;

interface ReadyBody {
  status?: string;
  checks?: Record<string, { ok: boolean; reason?: string }>;
}

/**
 * Polls the gateway's readiness, which stands for the whole system; tells every two seconds what is missing, and says it at
 * the end.
 */
export async function waitUntilReady(
  url: string,
  limitMs: number,
  signal: AbortSignal,
  tell: (text: string) => void,
): Promise<void> {
  const until = Date.now() + limitMs;
  let toldAt = Date.now();
  let missing = 'the gateway does not answer yet';
  while (Date.now() < until) {
    signal.throwIfAborted();
    try {
      const response = await fetch(`${url}/api/health/ready`, { signal: AbortSignal.timeout(2_000) });
      if (response.ok) return;
      missing = describe((await response.json()) as ReadyBody);
    } catch {
      missing = 'the gateway does not answer yet';
    }
    if (Date.now() - toldAt > TELL_EVERY_MS) {
      toldAt = Date.now();
      tell(`Waiting: ${missing}`);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`The system was not ready after ${limitMs / 1000} s: ${missing}`);
}

function describe(body: ReadyBody): string {
  const bad = Object.entries(body.checks ?? {}).filter(([, check]) => !check.ok);
  return bad.map(([name, check]) => `${name} (${check.reason ?? 'not ready'})`).join(', ') || 'not ready';
}
