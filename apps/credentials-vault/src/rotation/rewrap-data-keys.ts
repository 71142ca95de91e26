import { Injectable } from '@nestjs/common';
import { Transactions } from '@rpa/platform';
import { DataKeys } from '../encryption/data-keys.js';
import { KeyRing } from '../encryption/key-ring.js';
import { RotationsRepository } from './rotations.repository.js';

const BATCH = 200;

/** Wraps every data key anew when the key-encryption key has changed; credentials themselves are not touched. */
@Injectable()
export class RewrapDataKeys {
  constructor(
    private readonly ring: KeyRing,
    private readonly rotations: RotationsRepository,
    private readonly dataKeys: DataKeys,
    private readonly transactions: Transactions,
  ) {}

  /** @returns how many were wrapped */
  async execute(signal: AbortSignal): Promise<number> {
    let done = 0;
    for (let last = -1; last !== 0 && !signal.aborted; done += last) last = await this.batch();
    return done;
  }

  private batch(): Promise<number> {
    return this.transactions.run(async () => {
      const keys = await this.rotations.takeWrappedByOthers(this.ring.newest.id, BATCH);
      const rewrapped: typeof keys = [];
      for (const { organizationId, ...key } of keys)
        rewrapped.push({ organizationId, ...(await this.dataKeys.rewrap(organizationId, key)) });
      if (rewrapped.length > 0) await this.rotations.putRewrapped(rewrapped);
      return rewrapped.length;
    });
  }
}
