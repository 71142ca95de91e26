import { AppError } from '@rpa/contracts';

const RETRY_AFTER_SECONDS = 10;

/** So many at once for each organization, in this process. */
export class Places {
  private readonly taken = new Map<string, number>();

  constructor(
    private readonly most: number,
    /** What takes places, for the error. */
    private readonly noun: string,
  ) {}

  /** @returns gives the place back, once. @throws `rate_limited` when all are taken */
  take(organizationId: string): () => void {
    const taken = this.taken.get(organizationId) ?? 0;
    if (taken >= this.most)
      throw new AppError('rate_limited', `The organization has ${taken} ${this.noun} open; ${this.most} are allowed.`, {
        retryAfter: RETRY_AFTER_SECONDS,
      });
    this.taken.set(organizationId, taken + 1);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const now = (this.taken.get(organizationId) ?? 1) - 1;
      if (now > 0) this.taken.set(organizationId, now);
      else this.taken.delete(organizationId);
    };
  }
}
