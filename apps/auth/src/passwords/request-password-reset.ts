import { Inject, Injectable } from '@nestjs/common';
import { AppError, passwordResetRequested, type DoneReply } from '@rpa/contracts';
import { Bus, type ClientRef } from '@rpa/messaging';
import { Audit, LOGGER, Transactions, type Logger } from '@rpa/platform';
import { normalizeEmail } from '../accounts/email-address.js';
import { SystemScopeRepository } from '../system-scope.repository.js';
import { AttemptLimit, RESET_REQUESTS, RESET_REQUESTS_OF_ADDRESS } from '../throttle/attempt-limit.js';
import { networkOf } from '../throttle/network-of.js';
import { ResetLinks } from './reset-links.js';

/** Somebody forgot a password. The answer comes before the account is looked for, so neither it nor its time tells anything. */
@Injectable()
export class RequestPasswordReset {
  constructor(
    private readonly systemScope: SystemScopeRepository,
    private readonly links: ResetLinks,
    private readonly limit: AttemptLimit,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
    private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute(text: string, client: ClientRef): Promise<DoneReply> {
    const email = normalizeEmail(text);
    await this.limit.take(RESET_REQUESTS_OF_ADDRESS, `address ${networkOf(client.address)}`);
    await this.limit.take(RESET_REQUESTS, `account ${email}`);
    this.send(email).catch((error: unknown) => {
      if (!AppError.is(error)) this.logger.error({ err: error }, 'A password reset was not sent');
    });
    return {};
  }

  private async send(email: string): Promise<void> {
    const account = await this.systemScope.findAccountByEmail(email);
    if (!account || account.deactivatedAt) return;
    const { userId, organization } = account;
    const { link, expiresAt } = await this.transactions.run(async () => {
      const made = await this.links.make(organization.id, userId);
      await this.audit.record({
        action: 'password_reset.requested',
        organizationId: organization.id,
        resource: { type: 'user', id: userId, name: email },
      });
      return made;
    });
    this.bus.emit(passwordResetRequested, organization.id, { userId, email, link, expiresAt });
  }
}
