import type { JsonObject } from '@rpa/contracts';
import type { Definition, StepDefinition } from '../../src/index.js';
import type { Random } from './random.js';

const TYPES: readonly [type: string, weight: number][] = [
  ['work', 30],
  ['pay', 6],
  ['transform', 8],
  ['set_variable', 10],
  ['condition', 8],
  ['switch', 3],
  ['parallel', 3],
  ['foreach', 10],
  ['while', 4],
  ['delay', 4],
  ['wait_for_signal', 4],
  ['approval', 3],
  ['sub_workflow', 4],
  ['log', 2],
  ['respond', 2],
  ['fail', 2],
  ['stop', 1],
];

/** Generates valid definitions that use every construct; edges only lead forward. */
export class RandomDefinition {
  private ids = 0;

  constructor(private readonly random: Random) {}

  build(): Definition {
    const { random } = this;
    const definition: Definition = { format: 1, variables: { n: 0 }, steps: this.scope(0, false) };
    if (random.chance(0.15)) definition.settings = { timeout: '1h' };
    return definition;
  }

  private scope(depth: number, inLoop: boolean): StepDefinition[] {
    const { random } = this;
    const steps = Array.from({ length: random.whole(1, depth === 0 ? 7 : 4) }, () => this.step(depth, inLoop));
    steps.forEach((step, index) => this.connect(step, steps.slice(index + 1)));
    return steps;
  }

  private type(depth: number, inLoop: boolean): string {
    const { random } = this;
    if (inLoop && random.chance(0.12)) return random.chance(0.6) ? 'break' : 'continue';
    const usable = TYPES.filter(([type]) => depth < 2 || (type !== 'foreach' && type !== 'while'));
    let left = random.next() * usable.reduce((sum, [, weight]) => sum + weight, 0);
    return usable.find(([, weight]) => (left -= weight) < 0)?.[0] ?? 'work';
  }

  private step(depth: number, inLoop: boolean): StepDefinition {
    const { random } = this;
    const type = this.type(depth, inLoop);
    const step: StepDefinition = { id: `s${this.ids++}`, type, config: this.config(type) };
    if (type === 'foreach' || type === 'while') {
      step.steps = this.scope(depth + 1, true);
      if (random.chance(0.15)) step.timeout = '10m';
    } else if ((type === 'work' || type === 'pay' || type === 'sub_workflow') && random.chance(0.4)) {
      step.retry = { maxAttempts: random.whole(1, 3), delay: '1s' };
    }
    if (random.chance(0.15)) step.join = 'any';
    if (random.chance(0.1)) step.when = '{{ variables.n % 2 == 0 }}';
    if (random.chance(0.05)) step.disabled = true;
    if (random.chance(0.15)) step.onError = { action: 'continue' };
    return step;
  }

  private config(type: string): JsonObject {
    const { random } = this;
    const configs: { [type: string]: () => JsonObject } = {
      work: () => ({ n: '{{ variables.n }}' }),
      pay: () => ({ n: '{{ variables.n }}' }),
      transform: () => ({ value: '{{ variables.n }}' }),
      set_variable: () => ({ name: 'n', value: '{{ variables.n + 1 }}' }),
      condition: () => ({ expression: `{{ (variables.n + ${random.whole(0, 1)}) % 2 == 0 }}` }),
      switch: () => ({ value: '{{ variables.n % 3 }}' }),
      foreach: () => ({
        items: Array.from({ length: random.whole(0, 4) }, (_, index) => index * 10),
        concurrency: random.whole(1, 3),
        onItemError: random.chance(0.5) ? 'continue' : 'fail',
      }),
      while: () => ({ condition: `{{ loop.index < ${random.whole(0, 3)} }}`, maxIterations: random.whole(1, 4) }),
      delay: () => ({ duration: `${random.whole(1, 60)}s` }),
      wait_for_signal: () => ({ name: `sig${random.whole(0, 1)}`, ...(random.chance(0.3) && { timeout: '5m' }) }),
      approval: () => ({ title: 'ok?', ...(random.chance(0.3) && { timeout: '5m' }) }),
      sub_workflow: () => ({ workflow: 'child', inputs: { n: '{{ variables.n }}' } }),
      log: () => ({ message: 'n is {{ variables.n }}' }),
      respond: () => ({ body: '{{ variables.n }}' }),
      fail: () => ({ message: 'on purpose' }),
    };
    return configs[type]?.() ?? {};
  }

  private connect(step: StepDefinition, later: readonly StepDefinition[]): void {
    const { random } = this;
    if (later.length === 0) return;
    const some = (): string[] => [
      ...new Set(Array.from({ length: random.whole(1, 2) }, () => random.pick(later.slice(0, 3)).id)),
    ];
    if (random.chance(0.7)) step.next = some();
    const names: { [type: string]: string[] } = {
      condition: ['true', 'false'],
      switch: ['0', '1', 'default'],
      parallel: ['a', 'b'],
      approval: ['approved', 'rejected'],
    };
    const branches = names[step.type];
    if (branches && random.chance(0.8)) step.branches = Object.fromEntries(branches.map((name) => [name, some()]));
    if (random.chance(0.15)) step.onError = { action: 'route', steps: some() };
  }
}
