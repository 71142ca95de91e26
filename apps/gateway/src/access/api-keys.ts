import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { API_KEY_PATTERN, AppError, redeemApiKey } from '@rpa/contracts';
import { Bus } from '@rpa/messaging';
import { Identity, userPrincipal } from '@rpa/platform';
import { LRUCache } from 'lru-cache';
import { SessionStates } from './session-states.js';

const REMEMBERED = 5_000;
/** Renewed a little early, so that no token expires on its way to a service. */
const EARLY_MS = 5_000;

interface Redeemed {
  token: string;
  renewAt: number;
  uses: number;
  keyId: string;
  userId: string;
  organizationId: string;
}

/** Trades API keys for tokens, and remembers these for a minute: not the keys, only their hashes. */
@Injectable()
export class ApiKeys {
  private readonly redeemed = new LRUCache<string, Redeemed>({ max: REMEMBERED });
  private readonly redeeming = new Map<string, Promise<Redeemed>>();
  private changes = 0;

  constructor(
    private readonly bus: Bus,
    private readonly identity: Identity,
    sessions: SessionStates,
  ) {
    sessions.onChange((subject, id) => this.forget(subject, id));
  }

  /** @throws `invalid_token` when the key is none, or good no more */
  async tokenOf(key: string): Promise<string> {
    if (!API_KEY_PATTERN.test(key)) throw new AppError('invalid_token', 'This is no API key.');
    const hash = createHash('sha256').update(key).digest('base64');
    const known = this.redeemed.get(hash);
    if (known && known.renewAt > Date.now()) {
      known.uses++;
      return known.token;
    }
    return (await (this.redeeming.get(hash) ?? this.renew(hash, key, known?.uses ?? 0))).token;
  }

  private renew(hash: string, key: string, uses: number): Promise<Redeemed> {
    const before = this.changes;
    const redeeming = this.redeem(key, uses)
      .then((fresh) => {
        // What changed while auth was answering may not be in its answer.
        if (before === this.changes) this.redeemed.set(hash, fresh);
        return fresh;
      })
      .finally(() => {
        if (this.redeeming.get(hash) === redeeming) this.redeeming.delete(hash);
      });
    this.redeeming.set(hash, redeeming);
    return redeeming;
  }

  private async redeem(key: string, uses: number): Promise<Redeemed> {
    const principal = await this.identity.serviceToken();
    const { accessToken, expiresIn } = await this.bus.request(redeemApiKey, { key, uses }, { principal });
    const user = userPrincipal(claimsOf(accessToken));
    if (!user?.apiKeyId) throw new AppError('internal', 'The token of an API key names no key.');
    return {
      token: accessToken,
      renewAt: Date.now() + expiresIn * 1_000 - EARLY_MS,
      uses: 0,
      keyId: user.apiKeyId,
      userId: user.userId,
      organizationId: user.organizationId,
    };
  }

  private forget(subject: string, id: string): void {
    if (subject === 'session') return;
    this.changes++;
    this.redeeming.clear();
    for (const [hash, { keyId, userId, organizationId }] of this.redeemed.entries())
      if ([keyId, userId, organizationId].includes(id)) this.redeemed.delete(hash);
  }
}

/** Of a token that auth has just answered with; it is proven before anybody acts on it. */
function claimsOf(token: string): Record<string, unknown> {
  const [, payload = ''] = token.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
}
