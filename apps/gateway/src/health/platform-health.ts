import { Inject, Injectable } from '@nestjs/common';
import { healthSubject, SERVICES, type ServiceName } from '@rpa/contracts';
import { Bus, NoResponders } from '@rpa/messaging';
import { CONFIG, Health, type CheckResult, type Readiness } from '@rpa/platform';
import type { GatewayConfig } from '../gateway.config.js';

const ANSWER_WITHIN_MS = 1_500;

export interface ServiceHealth {
  ready: boolean;
  /** Whether the platform counts as not ready without it. */
  required: boolean;
  reason?: string;
}

/** How the platform is, as its services tell it over NATS. Answers are kept for half a second, however many ask. */
@Injectable()
export class PlatformHealth {
  private readonly checks = new Health();

  constructor(
    private readonly bus: Bus,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {
    this.checks.add('nats', () =>
      bus.connected ? { ok: true } : { ok: false, reason: `NATS is not reachable: ${bus.disconnectedReason}` },
    );
    for (const service of SERVICES)
      if (service !== 'gateway') this.checks.add(service, () => this.ask(service), 2 * ANSWER_WITHIN_MS);
  }

  async readiness(): Promise<Readiness> {
    const { checks } = await this.checks.readiness();
    const counts = ['nats', ...this.config.requiredServices];
    const counted = Object.entries(checks).filter(([name]) => counts.includes(name));
    const ready = counted.every(([, check]) => check.ok);
    return { status: ready ? 'ready' : 'not_ready', checks: Object.fromEntries(counted) };
  }

  async services(): Promise<Record<string, ServiceHealth>> {
    const { checks } = await this.checks.readiness();
    return Object.fromEntries(
      SERVICES.map((name): [string, ServiceHealth] => {
        const { ok, reason } = (name === 'gateway' ? checks['nats'] : checks[name]) ?? { ok: false };
        const required = name === 'gateway' || this.config.requiredServices.includes(name);
        return [name, { ready: ok, required, ...(reason && { reason }) }];
      }),
    );
  }

  private async ask(service: ServiceName): Promise<CheckResult> {
    if (!this.bus.connected) return { ok: false, reason: 'cannot be asked: NATS is not reachable' };
    try {
      const answer = (await this.bus.ask(healthSubject(service), {}, ANSWER_WITHIN_MS)) as Readiness;
      if (answer.status === 'ready') return { ok: true };
      const reasons = Object.entries(answer.checks).flatMap(([name, check]) =>
        check.ok ? [] : [`${name}: ${check.reason ?? 'not ready'}`],
      );
      return { ok: false, reason: reasons.join('; ') };
    } catch (error) {
      const away = error instanceof NoResponders;
      return { ok: false, reason: away ? 'does not run' : `did not answer within ${ANSWER_WITHIN_MS} ms` };
    }
  }
}
