import { loadVersion } from '@rpa/contracts';
import { compileDefinition, type Plan } from '@rpa/engine';
import type { Bus } from '@rpa/messaging';
import type { Identity } from '@rpa/platform';
import { LRUCache } from 'lru-cache';

const CACHED_PLANS = 500;

/** Compiled versions. A version never changes, so a plan is kept as long as it is used; one load serves all who wait. */
export class LoadPlan {
  private readonly plans = new LRUCache<string, Plan>({ max: CACHED_PLANS });
  private readonly loading = new Map<string, Promise<Plan>>();

  constructor(
    private readonly bus: Bus,
    private readonly identity: Identity,
  ) {}

  execute(organizationId: string, versionId: string): Promise<Plan> | Plan {
    const key = `${organizationId} ${versionId}`;
    const known = this.plans.get(key);
    if (known) return known;
    const running = this.loading.get(key);
    if (running) return running;
    const loading = this.load(organizationId, versionId)
      .then((plan) => {
        this.plans.set(key, plan);
        return plan;
      })
      .finally(() => this.loading.delete(key));
    this.loading.set(key, loading);
    return loading;
  }

  private async load(organizationId: string, versionId: string): Promise<Plan> {
    const principal = await this.identity.serviceToken({ id: organizationId });
    const { definition, stepTypes } = await this.bus.request(loadVersion, { versionId }, { principal });
    return compileDefinition(definition, { stepTypes });
  }
}
