import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { CryptoKey, JWK, JWTPayload } from 'jose';

/** A private key by which users are signed, and its id. */
export interface SigningKey {
  kid: string;
  privateKey: CryptoKey;
}

interface KnownKey {
  key: KeyObject;
  jwk: JWK;
  expiresAt: number;
}

type Prove = (certificate: string) => Promise<{ signer: string; claims: JWTPayload }>;

/** Tokens that name keys which nobody has must not turn into as many questions. */
const ASK_AT_MOST_EVERY_MS = 2_000;
const FRESH_FOR_MS = 60_000;
const MAX_KEYS = 50;

/**
 * The keys by which auth signs users. They are rotated while everything runs, so they are asked for when a token names one
 * that is not known; whoever answers cannot slip one in, since each is vouched for by auth's identity key.
 */
export class SigningKeys {
  private known = new Map<string, KnownKey>();
  private ask: (() => Promise<readonly string[]>) | null = null;
  private asking: Promise<void> | null = null;
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly prove: Prove) {}

  askBy(ask: () => Promise<readonly string[]>): void {
    this.ask = ask;
  }

  async find(kid: string): Promise<KeyObject | null> {
    const known = this.fresh(kid);
    if (known) return known.key;
    await this.learn(ASK_AT_MOST_EVERY_MS);
    return this.fresh(kid)?.key ?? null;
  }

  async all(): Promise<JWK[]> {
    await this.learn(FRESH_FOR_MS).catch(() => undefined);
    return [...this.known.values()].filter(({ expiresAt }) => expiresAt > Date.now()).map(({ jwk }) => jwk);
  }

  private fresh(kid: string): KnownKey | undefined {
    const known = this.known.get(kid);
    return known && known.expiresAt > Date.now() ? known : undefined;
  }

  private async learn(atMostEveryMs: number): Promise<void> {
    const { ask } = this;
    if (!ask || (!this.asking && performance.now() - this.askedAt < atMostEveryMs)) return;
    this.asking ??= this.readCertificates(ask).finally(() => (this.asking = null));
    await this.asking;
  }

  private async readCertificates(ask: () => Promise<readonly string[]>): Promise<void> {
    const certificates = await ask();
    this.askedAt = performance.now();
    const known = new Map<string, KnownKey>();
    for (const certificate of certificates.slice(0, MAX_KEYS)) {
      const { signer, claims } = await this.prove(certificate);
      const { sub: kid, exp = 0, jwk } = claims as JWTPayload & { jwk?: JsonWebKey };
      if (signer !== 'auth' || !kid?.startsWith('auth:') || !jwk) continue;
      known.set(kid, {
        key: createPublicKey({ key: jwk, format: 'jwk' }),
        jwk: { ...jwk, kid, alg: 'ES256', use: 'sig' } as JWK,
        expiresAt: exp * 1_000,
      });
    }
    this.known = known;
  }
}
