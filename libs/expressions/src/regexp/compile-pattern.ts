import { EXPRESSION_ERROR_CODE, Fault, forbidden } from '../expression.errors.js';
import { CharacterSet } from './character-set.js';
import { parsePattern } from './parse-pattern.js';
import type { PatternNode } from './pattern-syntax.js';
import { ShortTextTest } from './short-text.js';

export const OP = {
  character: 0,
  set: 1,
  /** Try the next instruction, then `target`; `lazy` the other way round. */
  split: 2,
  jump: 3,
  save: 4,
  /** Forget the groups of a loop's body, as JavaScript does before each turn. */
  forget: 5,
  assertion: 6,
  /** Enter a turn of a loop whose body can match nothing. */
  enter: 7,
  /** Refuse a turn that matched nothing. */
  progress: 8,
  lookahead: 9,
  match: 10,
  /** A greedy loop over one character or set: `value` is where it goes on, `last` the character. */
  loop: 11,
} as const;

export interface Instruction {
  op: (typeof OP)[keyof typeof OP];
  /** Character code, jump target, slot, assertion kind or loop number. */
  value: number;
  /** `split`: whether to try `value` first. `lookahead`: whether it is negative. `forget`: the last group, as a number. */
  flag: boolean;
  last: number;
  set: CharacterSet | undefined;
  /** Number of this split among all, for the memory of failed attempts. */
  index: number;
}

export interface PatternProgram {
  code: Instruction[];
  splits: number;
  /** Loops whose body can match nothing. */
  emptyLoops: number;
  groupNames: (string | undefined)[];
  hasNames: boolean;
  /** What the first character must be, when one must be there. */
  first: Instruction | undefined;
  startsAtBeginning: boolean;
  word: CharacterSet;
  multiline: boolean;
  unicode: boolean;
  /** The quick way for short texts, when the pattern has one. */
  shortText: ShortTextTest | undefined;
}

/** Counted repeats are written out, so this also bounds what `{1000}` may stand for. */
const MAX_INSTRUCTIONS = 5_000;
/** Each such loop doubles the states that are told apart. */
const MAX_EMPTY_LOOPS = 5;

export function compilePattern(source: string, flags: string): PatternProgram {
  const { root, groupNames } = parsePattern(source, flags);
  const compiler = new PatternCompiler(flags.replace(/[gym]/g, ''));
  compiler.node(root);
  compiler.emit(OP.save, 1);
  compiler.emit(OP.match);
  if (compiler.emptyLoops.size > MAX_EMPTY_LOOPS) {
    throw forbidden('This regular expression repeats too many parts that can match nothing.');
  }
  const code = compiler.code;
  const first = code[0];
  const multiline = flags.includes('m');
  return {
    code,
    splits: compiler.splits,
    emptyLoops: compiler.emptyLoops.size,
    groupNames,
    hasNames: groupNames.some((name) => name !== undefined),
    first: first?.op === OP.character || first?.op === OP.set ? first : undefined,
    startsAtBeginning: first?.op === OP.assertion && first.value === 0 && !multiline,
    word: new CharacterSet('\\w', compiler.setFlags),
    multiline,
    unicode: flags.includes('u'),
    shortText: ShortTextTest.of(root, source, flags),
  };
}

class PatternCompiler {
  readonly code: Instruction[] = [];
  splits = 0;
  readonly emptyLoops = new Map<PatternNode, number>();
  private readonly sets = new Map<string, CharacterSet>();
  private readonly ignoreCase: boolean;

  constructor(readonly setFlags: string) {
    this.ignoreCase = setFlags.includes('i');
  }

  emit(op: Instruction['op'], value = 0, flag = false, last = 0, set?: CharacterSet): Instruction {
    if (this.code.length >= MAX_INSTRUCTIONS) {
      throw new Fault(EXPRESSION_ERROR_CODE.limit, 'This regular expression is too large; use smaller repeat counts.');
    }
    const instruction: Instruction = {
      op,
      value,
      flag,
      last,
      set,
      index: op === OP.split || op === OP.loop ? this.splits++ : 0,
    };
    this.code.push(instruction);
    return instruction;
  }

  node(node: PatternNode): void {
    switch (node.type) {
      case 'empty':
        return;
      case 'character':
        return this.character(node.code);
      case 'set':
        this.emit(OP.set, 0, false, 0, this.set(node.raw));
        return;
      case 'sequence':
        for (const item of node.items) this.node(item);
        return;
      case 'alternatives':
        return this.alternatives(node.items);
      case 'group':
        this.emit(OP.save, 2 * node.index);
        this.node(node.body);
        this.emit(OP.save, 2 * node.index + 1);
        return;
      case 'assertion':
        this.emit(OP.assertion, node.kind);
        return;
      case 'lookahead': {
        const look = this.emit(OP.lookahead, 0, node.negative);
        this.node(node.body);
        this.emit(OP.match);
        look.value = this.code.length;
        return;
      }
      case 'repeat':
        return this.repeat(node);
    }
  }

  private character(code: number): void {
    if (!this.ignoreCase) {
      this.emit(OP.character, code);
      return;
    }
    const text = String.fromCodePoint(code);
    this.emit(OP.set, 0, false, 0, this.set(/[\^$\\.*+?()[\]{}|/]/.test(text) ? `\\${text}` : text));
  }

  private set(raw: string): CharacterSet {
    const known = this.sets.get(raw) ?? new CharacterSet(raw, this.setFlags);
    this.sets.set(raw, known);
    return known;
  }

  private alternatives(items: PatternNode[]): void {
    const ends: Instruction[] = [];
    items.forEach((item, index) => {
      if (index === items.length - 1) return this.node(item);
      const split = this.emit(OP.split);
      this.node(item);
      ends.push(this.emit(OP.jump));
      split.value = this.code.length;
    });
    for (const end of ends) end.value = this.code.length;
  }

  private repeat(node: PatternNode & { type: 'repeat' }): void {
    for (let turn = 0; turn < node.min; turn++) this.turn(node, false);
    if (node.max === Infinity && node.greedy && (node.body.type === 'character' || node.body.type === 'set')) {
      const { length } = this.code;
      this.node(node.body);
      const [body] = this.code.splice(length);
      const loop = this.emit(OP.loop, 0, false, body?.value, body?.set);
      loop.value = this.code.length;
      return;
    }
    if (node.max === Infinity) {
      const start = this.code.length;
      const split = this.emit(OP.split, 0, !node.greedy);
      this.turn(node, true);
      this.emit(OP.jump, start);
      split.value = this.code.length;
      return;
    }
    const exits: Instruction[] = [];
    for (let turn = node.min; turn < node.max; turn++) {
      exits.push(this.emit(OP.split, 0, !node.greedy));
      this.turn(node, true);
    }
    for (const exit of exits) exit.value = this.code.length;
  }

  private turn(node: PatternNode & { type: 'repeat' }, optional: boolean): void {
    const [firstGroup, endGroup] = node.groups;
    if (endGroup > firstGroup) this.emit(OP.forget, firstGroup, false, endGroup);
    const loop = optional && canBeEmpty(node.body) ? this.loopNumber(node) : undefined;
    if (loop !== undefined) this.emit(OP.enter, loop);
    this.node(node.body);
    if (loop !== undefined) this.emit(OP.progress, loop);
  }

  private loopNumber(node: PatternNode): number {
    const known = this.emptyLoops.get(node);
    if (known !== undefined) return known;
    this.emptyLoops.set(node, this.emptyLoops.size);
    return this.emptyLoops.size - 1;
  }
}

function canBeEmpty(node: PatternNode): boolean {
  switch (node.type) {
    case 'character':
    case 'set':
      return false;
    case 'sequence':
      return node.items.every(canBeEmpty);
    case 'alternatives':
      return node.items.some(canBeEmpty);
    case 'group':
      return canBeEmpty(node.body);
    case 'repeat':
      return node.min === 0 || canBeEmpty(node.body);
    default:
      return true;
  }
}
