import { targetsOf } from './edges.js';
import type { ScopeEntry, StepEntry } from './outline.js';

/** Which steps of a scope come before which, through edges. */
export class Ancestry {
  private readonly position = new Map<StepEntry, number>();
  private readonly before: Uint32Array[] = [];
  private readonly words: number;
  /** Steps in an order in which every step comes after all that lead to it; shorter than the scope when it has a cycle. */
  readonly order: StepEntry[];

  constructor(private readonly scope: ScopeEntry) {
    this.words = Math.ceil(scope.steps.length / 32);
    this.order = this.sort();
  }

  get hasCycle(): boolean {
    return this.order.length < this.scope.steps.length;
  }

  isBefore(earlier: StepEntry, later: StepEntry): boolean {
    const bit = this.position.get(earlier);
    const row = this.position.get(later);
    if (bit === undefined || row === undefined) return false;
    return (((this.before[row]?.[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
  }

  private sort(): StepEntry[] {
    const targets = new Map(this.scope.steps.map((entry) => [entry, targetsOf(entry)] as const));
    const waitingFor = new Map<StepEntry, number>();
    for (const each of targets.values()) for (const to of each) waitingFor.set(to, (waitingFor.get(to) ?? 0) + 1);
    const order = this.scope.steps.filter((entry) => !waitingFor.has(entry));
    this.scope.steps.forEach((entry, index) => {
      this.position.set(entry, index);
      this.before[index] = new Uint32Array(this.words);
    });
    for (let next = 0; next < order.length; next++) {
      const entry = order[next];
      if (!entry) break;
      for (const to of targets.get(entry) ?? []) {
        this.inherit(entry, to);
        const left = (waitingFor.get(to) ?? 0) - 1;
        waitingFor.set(to, left);
        if (left === 0) order.push(to);
      }
    }
    return order;
  }

  private inherit(from: StepEntry, to: StepEntry): void {
    const bit = this.position.get(from) ?? 0;
    const source = this.before[bit];
    const target = this.before[this.position.get(to) ?? 0];
    if (!source || !target) return;
    for (let word = 0; word < this.words; word++) target[word] = (target[word] ?? 0) | (source[word] ?? 0);
    target[bit >>> 5] = (target[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }
}
