import { ID_PATTERN } from '@rpa/contracts';

/** What one organization may use at most; null: as much as there is. */
export interface QuotaLimits {
  running: number | null;
  queued: number | null;
  startsPerMinute: number | null;
}

const NAMES = ['running', 'queued', 'startsPerMinute'] as const;
const EXAMPLE = `'<organization id> running=10 queued=1000 startsPerMinute=600'`;

/** The quotas of the installation: one for all organizations, and others for those that are named. */
export class Quotas {
  private readonly named = new Map<string, Partial<QuotaLimits>>();

  constructor(
    private readonly forAll: QuotaLimits,
    items: readonly string[],
  ) {
    for (const item of items) {
      const { organizationId, limits } = readItem(item);
      this.named.set(organizationId, limits);
    }
  }

  of(organizationId: string): QuotaLimits {
    const own = this.named.get(organizationId);
    return own ? { ...this.forAll, ...own } : this.forAll;
  }
}

/** Throws for what is no quota. */
export function checkQuotas(items: readonly string[]): void {
  for (const item of items) readItem(item);
}

/** In configuration 0 means that there is no bound. */
export function limitOf(value: number): number | null {
  return value === 0 ? null : value;
}

function readItem(item: string): { organizationId: string; limits: Partial<QuotaLimits> } {
  const [organizationId = '', ...parts] = item.split(/\s+/);
  if (!ID_PATTERN.test(organizationId) || parts.length === 0) throw new Error(`'${item}' is not like ${EXAMPLE}`);
  const limits: Partial<QuotaLimits> = {};
  for (const part of parts) {
    const [, name, value] = /^(\w+)=(\d{1,9})$/.exec(part) ?? [];
    const known = NAMES.find((each) => each === name);
    if (!known) throw new Error(`'${part}' is not like ${EXAMPLE}; known are ${NAMES.join(', ')}`);
    limits[known] = limitOf(Number(value));
  }
  return { organizationId, limits };
}
