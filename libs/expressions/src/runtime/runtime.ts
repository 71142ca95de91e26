import { EXPRESSION_ERROR_CODE, Fault } from '../expression.errors.js';

/** What one evaluation may spend. Every part has a default; see DEFAULT_BUDGET. */
export interface Budget {
  /** Units of work: a node of a called function's body, an element or 16 characters handled by a built-in. */
  steps?: number;
  /** Estimated bytes of everything that is created, freed or not. */
  bytes?: number;
  /** Calls inside calls. */
  depth?: number;
  /** Matching time of all regular expressions, counted in matching steps so that every machine decides alike. */
  regexMs?: number;
}

export const DEFAULT_BUDGET: Required<Budget> = { steps: 1_000_000, bytes: 10 * 1024 * 1024, depth: 200, regexMs: 10 };

/** Matching steps that count as one millisecond. */
export const REGEX_STEPS_PER_MS = 30_000;

/** What an evaluation takes from outside besides its scope; journaled by whoever must be able to repeat it. */
export interface EvaluationContext {
  /** The current time in epoch milliseconds, for `now`, `now()`, `new Date()`. Default: the clock. */
  now?: number;
  /** Seed of `uuid()`, `random()` and `Math.random()`. Default: real randomness. */
  seed?: string;
}

export type Scope = Readonly<Record<string, unknown>>;

/** A called function's variables; slot 0 holds the frame around it. */
export type Frame = unknown[];

/** A compiled node. */
export type Code = (rt: Runtime, frame: Frame) => unknown;

/** Estimated sizes in bytes that allocations are charged with. */
export const SIZE = { character: 2, slot: 8, array: 32, object: 56, property: 16, date: 64 } as const;

/** The state of one evaluation: what it reads, what it has left to spend and where it is. */
export class Runtime {
  steps: number;
  bytes: number;
  depth: number;
  regexSteps: number;
  /** Offset of the call that runs, for errors out of a built-in. */
  at = 0;
  /** Private copies of scope values, once an expression that can change values has read them. */
  copies: Map<object, object> | undefined;
  private clock: number | undefined;
  private numbers: (() => number) | undefined;

  constructor(
    readonly scope: Scope,
    readonly budget: Required<Budget>,
    readonly context: EvaluationContext,
    private readonly randomSource: (seed: string | undefined) => () => number,
  ) {
    this.steps = budget.steps;
    this.bytes = budget.bytes;
    this.depth = budget.depth;
    this.regexSteps = budget.regexMs * REGEX_STEPS_PER_MS;
  }

  /** Gives the next expression of the same template a budget of its own; time and random numbers go on. */
  refill(): void {
    this.steps = this.budget.steps;
    this.bytes = this.budget.bytes;
    this.depth = this.budget.depth;
    this.regexSteps = this.budget.regexMs * REGEX_STEPS_PER_MS;
    this.copies = undefined;
  }

  /** Charges `units` of work. */
  work(units: number): void {
    if ((this.steps -= units) < 0) throw exceeded('steps', this.budget.steps);
  }

  /** Charges an allocation before it is made. */
  allocate(bytes: number): void {
    if (!((this.bytes -= bytes) >= 0)) throw exceeded('bytes', this.budget.bytes);
  }

  /** Charges a new string, and the work of writing it. */
  text(value: string): string {
    this.charge(value.length);
    return value;
  }

  /** Charges a string of `length` characters before it is made. */
  charge(length: number): void {
    this.allocate(length * SIZE.character);
    this.work(length >> 4);
  }

  /** Charges a new array of `length` slots, and the work of filling it. */
  list(length: number): void {
    this.allocate(SIZE.array + length * SIZE.slot);
    this.work(length);
  }

  /** Enters a function whose body costs `units`. The caller gives the level back with `depth++`. */
  enter(units: number): void {
    if ((this.steps -= units) < 0) throw exceeded('steps', this.budget.steps);
    if (--this.depth < 0) throw exceeded('depth', this.budget.depth);
  }

  matched(units: number): void {
    if ((this.regexSteps -= units) < 0) throw exceeded('regexMs', this.budget.regexMs);
  }

  get now(): number {
    return (this.clock ??= this.context.now ?? Date.now());
  }

  random(): number {
    return (this.numbers ??= this.randomSource(this.context.seed))();
  }
}

const ADVICE: Record<keyof Budget, string> = {
  steps: 'It does too much work: filter before you map, or use a foreach step.',
  bytes: 'It creates too much data: take less of it, or use a foreach step.',
  depth: 'Functions call each other too deeply.',
  regexMs: 'A regular expression takes too long on this text: simplify it or shorten the text.',
};

function exceeded(part: keyof Budget, limit: number): Fault {
  const message = `The expression used up its budget of ${limit} ${part}. ${ADVICE[part]}`;
  return new Fault(EXPRESSION_ERROR_CODE.budget, message);
}
