import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger } from '@rpa/platform';
import { SystemScopeRepository } from '../system-scope.repository.js';

const EVERY_MS = 30_000;
/** Beyond that uses are written at once, so that nothing grows. */
const MAX_WAITING = 5_000;

/** Counts uses of API keys in memory and writes them together. A crash loses half a minute of counting, nothing else. */
@Injectable()
export class ApiKeyUses {
  private waiting = new Map<string, { count: number; at: Date }>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly systemScope: SystemScopeRepository,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  count(id: string, uses: number): void {
    const known = this.waiting.get(id)?.count ?? 0;
    this.waiting.set(id, { count: known + uses, at: new Date() });
    if (this.waiting.size >= MAX_WAITING) void this.write();
  }

  start(): void {
    this.timer = setInterval(() => void this.write(), EVERY_MS);
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    await this.write();
  }

  async write(): Promise<void> {
    const uses = [...this.waiting].map(([id, use]) => ({ id, ...use }));
    this.waiting = new Map();
    if (uses.length === 0) return;
    await this.systemScope
      .countApiKeyUses(uses)
      .catch((error: unknown) => this.logger.warn({ err: error }, 'Uses of API keys were not counted'));
  }
}
