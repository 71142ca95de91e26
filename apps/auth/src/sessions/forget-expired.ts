import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger } from '@rpa/platform';
import { SystemScopeRepository } from '../system-scope.repository.js';

const EVERY_MS = 3_600_000;

/** Removes expired sessions and old login counts, every hour and in small bites. */
@Injectable()
export class ForgetExpired {
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly systemScope: SystemScopeRepository,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      this.execute().catch((error: unknown) => this.logger.warn({ err: error }, 'Expired sessions were not removed'));
    }, EVERY_MS);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  async execute(): Promise<number> {
    let forgotten = 0;
    for (let last = -1; last !== 0; forgotten += last) last = await this.systemScope.forgetExpired();
    return forgotten;
  }
}
