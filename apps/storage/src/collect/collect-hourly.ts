import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger } from '@rpa/platform';
import { CollectFiles } from './collect-files.js';

const HOUR_MS = 3_600_000;

/** Collects once an hour; what fails is tried again in the next. */
@Injectable()
export class CollectHourly {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly collect: CollectFiles,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  start(): void {
    const collect = (): void => void (this.running = this.once());
    this.timer = setInterval(collect, HOUR_MS).unref();
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.running;
  }

  private async once(): Promise<void> {
    try {
      const collected = await this.collect.execute();
      if (Object.values(collected).some((count) => count > 0)) this.logger.info(collected, 'Files were collected');
    } catch (error) {
      this.logger.warn({ err: error }, 'Not everything that could go was collected');
    }
  }
}
