import { generateKeyPairSync } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Identity, LOGGER, Transactions, type Logger } from '@rpa/platform';
import { calculateJwkThumbprint, importPKCS8, type JWK } from 'jose';
import type { AuthConfig } from '../auth.config.js';
import { Sealing } from '../sealing/sealing.js';
import { SigningKeysRepository, type SigningKeyRow } from './signing-keys.repository.js';

const LOOK_EVERY_MS = 30_000;
const DAY_SECONDS = 86_400;
/** Replicas sign by the key before until they look again; then its last token lives for a quarter of an hour. */
const KEPT_SECONDS = 3_600;
const CERTIFIED_SECONDS = DAY_SECONDS;

/**
 * The keys that sign access tokens. One signs until it is due, then a new one does, while everything runs; the old one is
 * shown for another hour, longer than any of its tokens lives.
 */
@Injectable()
export class RotateSigningKeys {
  private timer: NodeJS.Timeout | null = null;
  private signing = '';

  constructor(
    private readonly keys: SigningKeysRepository,
    private readonly sealing: Sealing,
    private readonly identity: Identity,
    private readonly transactions: Transactions,
    @Inject(CONFIG) private readonly config: AuthConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async start(): Promise<void> {
    this.identity.learnSigningKeys(() => this.certificates());
    await this.execute();
    this.timer = setInterval(() => {
      this.execute().catch((error: unknown) => this.logger.warn({ err: error }, 'Signing keys were not looked at'));
    }, LOOK_EVERY_MS);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  /** Signs by the newest key, and makes one when there is none or it is due. */
  async execute(): Promise<void> {
    const [newest] = await this.keys.list();
    const active = newest && !this.isDue(newest) ? newest : await this.rotate();
    if (active.kid === this.signing) return;
    const pem = this.sealing.open(purposeOf(active.kid), active.privateKey).toString();
    this.identity.signUsersBy({ kid: active.kid, privateKey: await importPKCS8(pem, 'ES256') });
    this.signing = active.kid;
  }

  /** Vouches for every key whose tokens may still be about. */
  async certificates(): Promise<string[]> {
    const rows = await this.keys.list();
    return Promise.all(
      rows.map(({ kid, publicKey, retiredForSeconds }) => {
        const left = retiredForSeconds === null ? CERTIFIED_SECONDS : Math.ceil(KEPT_SECONDS - retiredForSeconds);
        return this.identity.certify(kid, publicKey, Math.max(1, left));
      }),
    );
  }

  private isDue({ ageSeconds }: SigningKeyRow): boolean {
    return ageSeconds >= this.config.signingKeyDays * DAY_SECONDS;
  }

  private rotate(): Promise<SigningKeyRow> {
    return this.transactions.run(async () => {
      await this.keys.lock();
      const [newest] = await this.keys.list();
      if (newest && !this.isDue(newest)) return newest;
      const { kid, publicKey, pem } = await makeKey();
      await this.keys.forgetRetired(KEPT_SECONDS);
      await this.keys.retireActive();
      await this.keys.add(kid, publicKey, this.sealing.seal(purposeOf(kid), pem));
      this.logger.info({ kid }, 'Access tokens are signed by a new key');
      const [added] = await this.keys.list();
      if (!added) throw new Error('The signing key that was just made cannot be read.');
      return added;
    });
  }
}

async function makeKey(): Promise<{ kid: string; publicKey: JWK; pem: string }> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' }) as JWK;
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return { kid: `auth:${await calculateJwkThumbprint(jwk)}`, publicKey: jwk, pem };
}

function purposeOf(kid: string): string {
  return `signing key ${kid}`;
}
