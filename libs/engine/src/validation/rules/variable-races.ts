import { isObject } from '../../definition/normalize.js';
import { Ancestry } from '../ancestry.js';
import { at } from '../json-path.js';
import type { ScopeEntry, StepEntry } from '../outline.js';
import type { Rule } from '../rule.js';

interface Write {
  name: string;
  writer: StepEntry;
  /** The writer or the container around it that stands in the scope looked at. */
  within: StepEntry;
}

/** Warns of variables that steps may write at the same time, so that chance decides who is last. */
export const variableRacesRule: Rule = ({ outline, findings }) => {
  const writes = new Map<ScopeEntry, Write[]>();
  for (const writer of outline.steps) {
    const name = nameOf(writer);
    if (name === undefined) continue;
    for (let within: StepEntry | undefined = writer; within; within = within.scope.owner) {
      const list = writes.get(within.scope) ?? [];
      writes.set(within.scope, list);
      list.push({ name, writer, within });
    }
    const loop = concurrentLoop(writer);
    if (loop) {
      const message = `Iterations of ${loop.id ?? 'the loop'} run at once and write the variable ${name} in any order`;
      findings.warn(at(writer.path, 'config', 'name'), 'variable_race', message);
    }
  }
  for (const [scope, list] of writes) {
    if (list.length < 2) continue;
    for (const [first, second] of unorderedPairs(new Ancestry(scope), list)) {
      const message = `${first.writer.id ?? ''} and ${second.writer.id ?? ''} may write the variable ${second.name} in any order`;
      findings.warn(at(second.writer.path, 'config', 'name'), 'variable_race', message);
    }
  }
};

function nameOf({ type, step }: StepEntry): string | undefined {
  const name = type === 'set_variable' && isObject(step['config']) ? step['config']['name'] : undefined;
  return typeof name === 'string' && !name.includes('{{') ? name : undefined;
}

function concurrentLoop(entry: StepEntry): StepEntry | undefined {
  for (let owner = entry.scope.owner; owner; owner = owner.scope.owner) {
    const { config } = owner.step;
    const concurrency = isObject(config) ? config['concurrency'] : undefined;
    if (owner.type === 'foreach' && concurrency !== undefined && concurrency !== 1) return owner;
  }
  return undefined;
}

/** In the order of the scope, a list of writes is free of races when each one comes before the next. */
function* unorderedPairs(ancestry: Ancestry, writes: readonly Write[]): Generator<[Write, Write]> {
  const place = new Map(ancestry.order.map((entry, index) => [entry, index]));
  const sorted = [...writes].sort((a, b) => (place.get(a.within) ?? 0) - (place.get(b.within) ?? 0));
  const last = new Map<string, Write>();
  for (const write of sorted) {
    const previous = last.get(write.name);
    last.set(write.name, write);
    if (!previous || previous.within === write.within) continue;
    if (!ancestry.isBefore(previous.within, write.within)) yield [previous, write];
  }
}
