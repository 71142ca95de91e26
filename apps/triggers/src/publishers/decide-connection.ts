import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CalloutGrant } from '@rpa/messaging';
import { LRUCache } from 'lru-cache';
import { isPassword } from './password.js';
import { inboxPrefixOf, subjectsOf } from './publisher-grant.js';
import { PublishersRepository } from './publishers.repository.js';

/** A storm of reconnects proves each password once; a revoked publisher gets in no longer than this. */
const REMEMBER_MS = 60_000;
const REMEMBERED = 10_000;
/** Proofs at once; more are refused and come again. */
const MAX_PROVING = 64;
/** Open connections of revoked publishers end after this. */
const CONNECTION_SECONDS = 900;
const MAX_SECRET = 200;

/** Decides for the NATS server who of outside may connect, and what they may do. */
@Injectable()
export class DecideConnection {
  private readonly decisions = new LRUCache<string, Promise<CalloutGrant | null>>({
    max: REMEMBERED,
    ttl: REMEMBER_MS,
  });
  private proving = 0;

  constructor(private readonly publishers: PublishersRepository) {}

  async execute(user: string, password: string): Promise<CalloutGrant | null> {
    if (user.length > MAX_SECRET || password.length > MAX_SECRET) return null;
    const key = createHash('sha256').update(user).update('\0').update(password).digest('base64');
    const known = this.decisions.get(key);
    if (known) return known;
    if (this.proving >= MAX_PROVING) return null;
    const decision = this.prove(user, password);
    this.decisions.set(key, decision);
    // What could not be looked up is not remembered.
    decision.catch(() => this.decisions.delete(key));
    return decision;
  }

  private async prove(user: string, password: string): Promise<CalloutGrant | null> {
    this.proving++;
    try {
      const proof = await this.publishers.findProof(user);
      if (!proof || !(await isPassword(password, proof.passwordHash))) return null;
      return {
        publish: subjectsOf(proof.organizationSlug),
        subscribe: [`${inboxPrefixOf(user)}.>`],
        expiresInSeconds: CONNECTION_SECONDS,
      };
    } finally {
      this.proving--;
    }
  }
}
