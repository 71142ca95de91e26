import { EXPRESSION_ERROR_CODE, Fault } from '../expression.errors.js';
import type { Runtime } from '../runtime/runtime.js';
import { SIZE } from '../runtime/runtime.js';
import type { Instruction, PatternProgram } from './compile-pattern.js';
import { OP } from './compile-pattern.js';
import { ASSERTION } from './pattern-syntax.js';

/** Steps after which failed attempts are remembered; fewer than between two looks at the budget. */
const REMEMBER_AFTER = 256;
/** Steps between two looks at the budget. */
const CHARGE_EVERY = 1_024;

/** 32 states a word, numbered by 32 bits. */
const MAX_WORDS = 2 ** 27;

const LINE_ENDS = new Set(['\n', '\r', '\u2028', '\u2029']);

/**
 * JavaScript's backtracking matcher with a memory: an alternative that has failed at a position is not tried there
 * again, so the time is proportional to the length of the text times that of the pattern. Only inside a lookahead,
 * where the memory cannot be used, it may take longer; every step is charged.
 */
export class PatternMatcher {
  /** One bit for each alternative and position that has failed. Most searches end before it is worth its memory. */
  private failed: Uint32Array | undefined;
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
    if (failed === undefined) return;
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
    if (first === undefined) return true;
    if (position >= this.text.length) return false;
    const code = this.codeAt(position);
    return first.set === undefined ? first.value === code : first.set.has(code);
  }

  /** Runs from an instruction to `match`. */
  private run(start: number, from: number, remember: boolean): boolean {
    const { code } = this.program;
    const { stack, text } = this;
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
        case OP.set: {
          alive = position < text.length;
          if (!alive) break;
          const character = this.codeAt(position);
          alive = instruction.set === undefined ? instruction.value === character : instruction.set.has(character);
          position += character > 0xffff ? 2 : 1;
          progress = -1;
          break;
        }
        case OP.split:
          alive = !(remember && this.seen(instruction.index, position, progress));
          if (!alive) break;
          stack.push(instruction.flag ? pc : instruction.value, position, progress);
          if (instruction.flag) pc = instruction.value;
          break;
        case OP.loop: {
          const end = this.loop(instruction, position, progress, remember);
          alive = end >= 0;
          if (end > position) progress = -1;
          position = end;
          pc = instruction.value;
          break;
        }
        case OP.jump:
          pc = instruction.value;
          break;
        case OP.save:
          this.save(instruction.value, position);
          break;
        case OP.forget:
          for (let slot = 2 * instruction.value; slot < 2 * instruction.last; slot++) this.save(slot, -1);
          break;
        case OP.assertion:
          alive = this.holds(instruction.value, position);
          break;
        case OP.enter:
          progress &= ~(1 << instruction.value);
          break;
        case OP.progress:
          alive = (progress & (1 << instruction.value)) !== 0;
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

  /** Takes as many characters as there are, leaving an alternative before each; -1 when all of that has failed before. */
  private loop({ set, last, index, value }: Instruction, from: number, entered: number, remember: boolean): number {
    const { text, stack } = this;
    let progress = entered;
    for (let position = from; ;) {
      if (++this.steps >= CHARGE_EVERY) this.charge();
      if (remember && this.seen(index, position, progress)) return -1;
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

  private seen(split: number, position: number, progress: number): boolean {
    const failed = this.failed ?? this.startRemembering();
    if (failed === undefined) return false;
    const place = split * (this.text.length + 1) + position;
    const key = place * this.loopStates + (progress & (this.loopStates - 1));
    // The memory is bounded so that a key fits 32 bits.
    const index = key >>> 5;
    const word = failed[index] as number;
    const bit = 1 << (key & 31);
    if ((word & bit) !== 0) return true;
    failed[index] = word | bit;
    if (this.tried.length < failed.length) this.tried.push(index);
    return false;
  }

  private startRemembering(): Uint32Array | undefined {
    if (this.steps < REMEMBER_AFTER) return undefined;
    const words = Math.ceil((this.program.splits * (this.text.length + 1) * this.loopStates) / 32) + 1;
    if (words > MAX_WORDS)
      throw new Fault(EXPRESSION_ERROR_CODE.budget, 'The text is too long for this regular expression.');
    this.rt.allocate(words * 4);
    this.failed = new Uint32Array(words);
    return this.failed;
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
