import { Injectable } from '@nestjs/common';
import { AppError } from '@rpa/contracts';
import type { ClientRef } from '@rpa/messaging';
import type { Account } from '../accounts/account.js';
import { LoginThrottle } from '../throttle/login-throttle.js';
import { Passwords } from './passwords.js';

/** Asks somebody who is signed in for the password again, throttled like a login: a stolen token must not try passwords. */
@Injectable()
export class ConfirmPassword {
  constructor(
    private readonly passwords: Passwords,
    private readonly throttle: LoginThrottle,
  ) {}

  /** @throws `invalid_credentials` */
  async execute(account: Account, password: string, client: ClientRef): Promise<void> {
    if (account.passwordHash === null)
      throw new AppError('conflict', 'This account has no password: set one by a reset link first.');
    await this.throttle.take(account.email, client.address);
    if (!(await this.passwords.verify(account.passwordHash, password)))
      throw new AppError('invalid_credentials', 'The password is wrong.');
    await this.throttle.giveBack(account.email, client.address);
  }
}
