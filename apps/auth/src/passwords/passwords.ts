import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hash, verify, type Options } from '@node-rs/argon2';
import { AppError } from '@rpa/contracts';
import pLimit from 'p-limit';

/** Argon2id as OWASP asks for; the algorithm is the library's default. */
const COST: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Each takes 19 MiB and a thread of the pool that files and DNS use as well. */
const AT_ONCE = 2;
const WAITING = 64;

/** Hashes and checks passwords, off the event loop; a flood is refused instead of queued. */
@Injectable()
export class Passwords {
  private readonly slots = pLimit(AT_ONCE);
  private nobody: Promise<string> | null = null;

  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(normalize(password), COST));
  }

  /** Takes as long without a hash as with one, so that the answer's time does not tell whether an account exists. */
  async verify(passwordHash: string | null, password: string): Promise<boolean> {
    this.nobody ??= hash(randomBytes(32), COST);
    const against = passwordHash ?? (await this.nobody);
    const matches = await this.inTurn(() => verify(against, normalize(password)));
    return matches && passwordHash !== null;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.slots.pendingCount >= WAITING) throw new AppError('overloaded', 'Too many logins at the moment.');
    return this.slots(work);
  }
}

/** One password typed on two keyboards may arrive composed differently. */
function normalize(password: string): string {
  return password.normalize('NFKC');
}
