import { randomUUID } from 'node:crypto';
import { SPENT_SUBJECT, type UserPrincipal } from '@rpa/contracts';
import type { Bus, Subscription } from '@rpa/messaging';
import { RateLimiter, type RateLimit } from './rate-limit.js';

const TELL_EVERY_MS = 200;
/** Callers in one message: well below what a message may have. */
const CALLERS_AT_ONCE = 500;

interface SpentMessage {
  from: string;
  spent: [caller: string, requests: number][];
}

/**
 * The limits of organizations (or addresses, when anonymous) and of single API keys, shared by the replicas of the gateway:
 * each tells the others five times a second what was spent at it, so that a caller gets the limit once, and not once at each,
 * but for what comes within a fifth of a second.
 */
export class RateLimits {
  private readonly self = randomUUID();
  private readonly callers: RateLimiter;
  private readonly keys: RateLimiter;
  private timer: NodeJS.Timeout | null = null;
  private subscription: Subscription | null = null;

  constructor(
    private readonly bus: Bus,
    private readonly limits: { callers: RateLimit | null; keys: RateLimit | null },
  ) {
    this.callers = new RateLimiter(limits.callers);
    this.keys = new RateLimiter(limits.keys);
  }

  /** @throws `rate_limited` with the seconds until the next request is allowed */
  take(principal: UserPrincipal | null, address: string): void {
    if (principal?.apiKeyId) this.keys.take(principal.apiKeyId);
    this.callers.take(principal?.organizationId ?? address);
  }

  share(): void {
    if (!this.limits.callers && !this.limits.keys) return;
    this.subscription = this.bus.subscribe(SPENT_SUBJECT, (body) => this.hear(body as SpentMessage));
    this.timer = setInterval(() => this.tell(), TELL_EVERY_MS).unref();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.subscription?.unsubscribe();
  }

  private tell(): void {
    const spent = [
      ...this.callers.takeSpent(),
      ...this.keys.takeSpent().map(([key, requests]): [string, number] => [`key:${key}`, requests]),
    ];
    if (!this.bus.connected) return;
    for (let at = 0; at < spent.length; at += CALLERS_AT_ONCE)
      this.bus.publish(SPENT_SUBJECT, { from: this.self, spent: spent.slice(at, at + CALLERS_AT_ONCE) });
  }

  private hear({ from, spent }: SpentMessage): void {
    if (from === this.self) return;
    for (const [caller, requests] of spent)
      if (caller.startsWith('key:')) this.keys.spend(caller.slice(4), requests);
      else this.callers.spend(caller, requests);
  }
}
