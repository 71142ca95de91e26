import type { Runtime } from '../runtime/runtime.js';
import { SIZE } from '../runtime/runtime.js';
import type { Instruction, PatternProgram } from './compile-pattern.js';
import { OP } from './compile-pattern.js';
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
  private readonly failed: Uint32Array;
  private readonly tried: number[] = [];
  private readonly slots: number[];
  /** Alternatives left and slots to be put back, three numbers each. */
  private readonly stack: number[] = [];
  private peak = 0;
  private steps = 0;
  /** States of the loops whose body can match nothing. */
  private readonly loopStates: number;

  constructor(
    private readonly rt: Runtime,
    private readonly program: PatternProgram,
    private readonly text: string,
  ) {
    this.loopStates = 2 ** program.emptyLoops;
    const words = Math.ceil((program.splits * (text.length + 1) * this.loopStates) / 32) + 1;
    rt.allocate(words * 4);
    this.failed = new Uint32Array(words);
    this.slots = new Array<number>(2 * program.groupNames.length).fill(-1);
  }

  /** Start and end of the whole match and of each group, -1 for a group that took no part. */
  match(from: number, sticky: boolean): readonly number[] | undefined {
    try {
      return this.search(from, sticky);
    } finally {
      this.forgetFailures();
    }
  }

  private forgetFailures(): void {
    const { tried, failed } = this;
    if (tried.length >= failed.length) failed.fill(0);
    else for (const word of tried) failed[word] = 0;
    tried.length = 0;
  }

  private search(from: number, sticky: boolean): readonly number[] | undefined {
    const { program, text } = this;
    for (let start = from; start <= text.length; start = this.after(start)) {
      if (program.startsAtBeginning && start > 0) break;
      this.step();
      if (this.canStart(start)) {
        this.slots.fill(-1);
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
    return first === undefined || (position < this.text.length && this.consumes(first, position));
  }

  private consumes(instruction: Instruction, position: number): boolean {
    const code = this.codeAt(position);
    return instruction.set === undefined ? instruction.value === code : instruction.set.has(code);
  }

  /** Runs from an instruction to `match`. */
  private run(pc: number, position: number, remember: boolean): boolean {
    const { code } = this.program;
    const { length } = this.text;
    const { stack } = this;
    const base = stack.length;
    let progress = 0;
    for (;;) {
      const instruction = code[pc] as Instruction;
      this.step();
      let alive = true;
      switch (instruction.op) {
        case OP.character:
        case OP.set:
          alive = position < length && this.consumes(instruction, position);
          position = alive ? this.after(position) : position;
          progress = -1;
          pc++;
          break;
        case OP.split: {
          if (remember && this.seen(instruction.index, position, progress)) {
            alive = false;
            break;
          }
          const [next, other] = instruction.flag ? [instruction.value, pc + 1] : [pc + 1, instruction.value];
          stack.push(other, position, progress);
          pc = next;
          break;
        }
        case OP.jump:
          pc = instruction.value;
          break;
        case OP.save:
          this.save(instruction.value, position);
          pc++;
          break;
        case OP.forget:
          for (let slot = 2 * instruction.value; slot < 2 * instruction.last; slot++) this.save(slot, -1);
          pc++;
          break;
        case OP.assertion:
          alive = this.holds(instruction.value, position);
          pc++;
          break;
        case OP.enter:
          progress &= ~(1 << instruction.value);
          pc++;
          break;
        case OP.progress:
          alive = (progress & (1 << instruction.value)) !== 0;
          pc++;
          break;
        case OP.lookahead:
          alive = this.look(instruction, pc, position);
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

  private save(slot: number, position: number): void {
    this.stack.push(-slot - 1, this.slots[slot] as number, 0);
    this.slots[slot] = position;
  }

  private look({ flag: negative }: Instruction, pc: number, position: number): boolean {
    const before = this.slots.slice();
    const found = this.run(pc + 1, position, false);
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

  private seen(split: number, position: number, progress: number): boolean {
    const place = split * (this.text.length + 1) + position;
    const key = place * this.loopStates + (progress & (this.loopStates - 1));
    const index = Math.floor(key / 32);
    const word = this.failed[index] as number;
    const bit = 1 << (key % 32);
    if ((word & bit) !== 0) return true;
    this.failed[index] = word | bit;
    if (this.tried.length < this.failed.length) this.tried.push(index);
    return false;
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
