import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, Metrics, type Logger } from '@rpa/platform';
import { KeyRing } from '../encryption/key-ring.js';
import { ConnectsRepository } from '../oauth/connects.repository.js';
import { ReencryptValues } from './reencrypt-values.js';
import { RewrapDataKeys } from './rewrap-data-keys.js';
import { RotationsRepository } from './rotations.repository.js';

const SWEEP_MS = 15_000;

/** Carries rotations out in the background: at once when one is begun, and again after a restart until they are done. */
@Injectable()
export class RotationLoop {
  private readonly ending = new AbortController();
  private timer: NodeJS.Timeout | null = null;
  private working: Promise<void> | null = null;
  private waiting = 0;

  constructor(
    private readonly ring: KeyRing,
    private readonly rotations: RotationsRepository,
    private readonly reencrypt: ReencryptValues,
    private readonly rewrap: RewrapDataKeys,
    private readonly connects: ConnectsRepository,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Metrics,
  ) {
    metrics.gauge('rpa_vault_data_keys_to_rewrap', 'Data keys under a former key-encryption key', () => this.waiting);
  }

  /** Looks for work now, and every 15 s. */
  nudge(): void {
    if (this.ending.signal.aborted || this.working) return;
    if (this.timer) clearTimeout(this.timer);
    this.working = this.work()
      .catch((error: unknown) => this.logger.warn({ err: error }, 'A rotation of keys pauses'))
      .finally(() => {
        this.working = null;
        if (!this.ending.signal.aborted) this.timer = setTimeout(() => this.nudge(), SWEEP_MS).unref();
      });
  }

  async stop(): Promise<void> {
    this.ending.abort();
    if (this.timer) clearTimeout(this.timer);
    await this.working;
  }

  private async work(): Promise<void> {
    const { signal } = this.ending;
    await this.connects.forgetOld();
    this.waiting = await this.rotations.countWrappedByOthers(this.ring.newest.id);
    if (this.waiting > 0) {
      const done = await this.rewrap.execute(signal);
      this.waiting = await this.rotations.countWrappedByOthers(this.ring.newest.id);
      this.logger.info({ done, left: this.waiting }, 'Data keys were wrapped with the newest key-encryption key');
    }
    for (let open = await this.rotations.unfinished(); open.length > 0; open = await this.rotations.unfinished()) {
      let finished = 0;
      for (const { organizationId, toVersion } of open)
        if (await this.reencrypt.execute(organizationId, toVersion, signal)) finished++;
      if (signal.aborted || finished === 0) return;
    }
  }
}
