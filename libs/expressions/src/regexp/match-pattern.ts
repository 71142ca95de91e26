import type { Runtime } from '../runtime/runtime.js';
import { SIZE } from '../runtime/runtime.js';
import type { Instruction, PatternProgram } from './compile-pattern.js';
import { OP } from './compile-pattern.js';
import { FailureMemory } from './failure-memory.js';
import { ASSERTION } from './pattern-syntax.js';

/** Steps between two looks at the budget. */
const CHARGE_EVERY = 1_024;

const LINE_ENDS = new Set(['\n', '\r', '\u2028', '\u2029']);

/**
 * JavaScript's backtracking matcher with a memory: an alternative that has failed at a position is not tried there
 * again, so the time is proportional to the length of the text times that of the pattern. Only inside a lookahead,
 * where the memory cannot be used, it may take longer; every step is charged.
 */
export class PatternMatcher {
  private readonly failures: FailureMemory;
  private readonly slots: number[];
  /** Alternatives left and slots to be put back, three numbers each. */
  private readonly stack: number[] = [];
  private peak = 0;
  private steps = 0;

  constructor(
    private readonly rt: Runtime,
    private readonly program: PatternProgram,
    private readonly text: string,
  ) {
    this.failures = new FailureMemory(rt, program.splits, text.length, 2 ** program.emptyLoops);
    this.slots = new Array<number>(2 * program.groupNames.length).fill(-1);
  }

  /** Start and end of the whole match and of each group, -1 for a group that took no part. */
  match(from: number, sticky: boolean): readonly number[] | undefined {
    try {
      return this.search(from, sticky);
    } finally {
      this.failures.forget();
    }
  }

  private search(from: number, sticky: boolean): readonly number[] | undefined {
    const { program, text } = this;
    for (let start = from; start <= text.length; start = this.after(start)) {
      if (program.startsAtBeginning && start > 0) break;
      this.step();
      if (this.canStart(start)) {
        this.slots.fill(-1);
        this.slots[0] = start;
        if (this.run(0, start, true)) {
          this.charge();
          return this.slots.slice();
        }
      }
      if (sticky) break;
    }
    this.charge();
    return undefined;
  }

  private canStart(position: number): boolean {
    const { first } = this.program;
    return first === undefined || this.consume(first, position) >= 0;
  }

  /** Runs from an instruction to `match`. */
  private run(start: number, from: number, remember: boolean): boolean {
    const { code } = this.program;
    const { stack } = this;
    const base = stack.length;
    let pc = start;
    let position = from;
    let progress = 0;
    for (;;) {
      const instruction = code[pc] as Instruction;
      if (++this.steps >= CHARGE_EVERY) this.charge();
      let alive = true;
      pc++;
      switch (instruction.op) {
        case OP.character:
        case OP.set:
        case OP.loop: {
          const end = this.advance(instruction, position, progress, remember);
          alive = end >= 0;
          if (end > position) progress = -1;
          if (instruction.op === OP.loop) pc = instruction.value;
          position = end;
          break;
        }
        case OP.split:
          pc = this.branch(instruction, pc, position, progress, remember);
          alive = pc >= 0;
          break;
        case OP.jump:
          pc = instruction.value;
          break;
        case OP.save:
          this.save(instruction.value, position);
          break;
        case OP.forget:
          this.forgetGroups(instruction);
          break;
        case OP.assertion:
          alive = this.holds(instruction.value, position);
          break;
        case OP.enter:
          progress &= ~(1 << instruction.value);
          break;
        case OP.progress:
          alive = (progress >> instruction.value) % 2 !== 0;
          break;
        case OP.lookahead:
          alive = this.look(instruction.flag, pc, position);
          pc = instruction.value;
          break;
        case OP.match:
          stack.length = base;
          return true;
      }
      if (alive) continue;
      if (!this.backtrack(base)) return false;
      progress = stack.pop() as number;
      position = stack.pop() as number;
      pc = stack.pop() as number;
    }
  }

  /** Chooses the first alternative and keeps the other; -1 when both have failed before. */
  private branch(split: Instruction, next: number, position: number, progress: number, remember: boolean): number {
    if (remember && this.failures.seen(split.index, position, progress)) return -1;
    this.stack.push(split.flag ? next : split.value, position, progress);
    return split.flag ? split.value : next;
  }

  private advance(instruction: Instruction, position: number, progress: number, remember: boolean): number {
    if (instruction.op === OP.loop) return this.loop(instruction, position, progress, remember);
    return this.consume(instruction, position);
  }

  /** Where a character or set that matches here ends, or -1. */
  private consume({ set, value }: Instruction, position: number): number {
    if (position >= this.text.length) return -1;
    const character = this.codeAt(position);
    if (!(set === undefined ? value === character : set.has(character))) return -1;
    return position + (character > 0xffff ? 2 : 1);
  }

  /** Takes as many characters as there are, leaving an alternative before each; -1 when all of that has failed before. */
  private loop({ set, last, index, value }: Instruction, from: number, entered: number, remember: boolean): number {
    const { text, stack } = this;
    let progress = entered;
    for (let position = from; ;) {
      if (++this.steps >= CHARGE_EVERY) this.charge();
      if (remember && this.failures.seen(index, position, progress)) return -1;
      if (position >= text.length) return position;
      const character = this.codeAt(position);
      if (!(set === undefined ? last === character : set.has(character))) return position;
      stack.push(value, position, progress);
      position += character > 0xffff ? 2 : 1;
      progress = -1;
    }
  }

  /** Puts slots back down to the last alternative, which stays on the stack. A slot's entry starts below zero. */
  private backtrack(base: number): boolean {
    const { stack } = this;
    while (stack.length > base) {
      const entry = stack[stack.length - 3] as number;
      if (entry >= 0) return true;
      this.slots[-entry - 1] = stack[stack.length - 2] as number;
      stack.length -= 3;
      this.step();
    }
    return false;
  }

  private forgetGroups({ value, last }: Instruction): void {
    for (let slot = 2 * value; slot < 2 * last; slot++) this.save(slot, -1);
  }

  private save(slot: number, position: number): void {
    this.stack.push(-slot - 1, this.slots[slot] as number, 0);
    this.slots[slot] = position;
  }

  private look(negative: boolean, pc: number, position: number): boolean {
    const before = this.slots.slice();
    const found = this.run(pc, position, false);
    if (found === negative || negative) {
      for (let slot = 0; slot < before.length; slot++) this.slots[slot] = before[slot] as number;
      return found !== negative;
    }
    for (let slot = 0; slot < before.length; slot++) {
      const value = this.slots[slot] as number;
      if (value === before[slot]) continue;
      this.slots[slot] = before[slot] as number;
      this.save(slot, value);
    }
    return true;
  }

  private holds(kind: number, position: number): boolean {
    const { text, program } = this;
    if (kind === ASSERTION.start) {
      return position === 0 || (program.multiline && LINE_ENDS.has(text[position - 1] as string));
    }
    if (kind === ASSERTION.end) {
      return position === text.length || (program.multiline && LINE_ENDS.has(text[position] as string));
    }
    const before = position > 0 && program.word.has(text.charCodeAt(position - 1));
    const after = position < text.length && program.word.has(text.charCodeAt(position));
    return (before !== after) === (kind === ASSERTION.boundary);
  }

  private codeAt(position: number): number {
    return this.program.unicode ? (this.text.codePointAt(position) as number) : this.text.charCodeAt(position);
  }

  private after(position: number): number {
    return this.program.unicode && (this.text.codePointAt(position) ?? 0) > 0xffff ? position + 2 : position + 1;
  }

  private step(): void {
    if (++this.steps >= CHARGE_EVERY) this.charge();
  }

  private charge(): void {
    this.rt.matched(this.steps);
    this.steps = 0;
    if (this.stack.length <= this.peak) return;
    this.rt.allocate((this.stack.length - this.peak) * SIZE.slot);
    this.peak = this.stack.length;
  }
}
