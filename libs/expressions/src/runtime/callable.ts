import { forbidden } from '../expression.errors.js';
import type { Code, Frame, Runtime } from './runtime.js';

/**
 * A function of the language. Never a JavaScript function: a host function in the scope is therefore not callable,
 * and since all state is in private fields, no property of one can be read.
 */
export abstract class Callable {
  abstract apply(rt: Runtime, parameters: unknown[]): unknown;

  /** The call of a callback: (element, index, whole). */
  call(rt: Runtime, a: unknown, b: unknown, c: unknown): unknown {
    return this.apply(rt, [a, b, c]);
  }
}

/** A built-in function used as a value, as in `list.map(Number)`. */
export class BuiltIn extends Callable {
  readonly #run: NativeFunction;
  readonly #unary: boolean;

  /** `unary`: takes the element alone as a callback, so that an index is never taken for an option. */
  constructor(run: NativeFunction, unary = false) {
    super();
    this.#run = run;
    this.#unary = unary;
  }

  override call(rt: Runtime, a: unknown, b: unknown, c: unknown): unknown {
    return this.apply(rt, this.#unary ? [a] : [a, b, c]);
  }

  override apply(rt: Runtime, parameters: unknown[]): unknown {
    rt.work(1);
    return this.#run(rt, parameters);
  }
}

/** The part of an arrow function that does not change from one evaluation to the next. */
export interface LambdaCode {
  /** Slots of a frame, the outer frame's included. */
  slots: number;
  /** How many parameters are plain names, bound by position, when all are. */
  plain: number | undefined;
  /** Binds the arguments when some parameter is a pattern, has a default or is a rest. */
  bind: ((rt: Runtime, frame: Frame, parameters: unknown[]) => void) | undefined;
  body: Code;
  /** Steps that one call costs. */
  cost: number;
}

export class Lambda extends Callable {
  readonly #code: LambdaCode;
  readonly #outer: Frame;

  constructor(code: LambdaCode, outer: Frame) {
    super();
    this.#code = code;
    this.#outer = outer;
  }

  override apply(rt: Runtime, parameters: unknown[]): unknown {
    const code = this.#code;
    rt.enter(code.cost);
    const frame: Frame = [this.#outer];
    if (code.bind === undefined) {
      for (let index = 1; index < code.slots; index++) frame.push(parameters[index - 1]);
    } else {
      for (let index = 1; index < code.slots; index++) frame.push(undefined);
      code.bind(rt, frame, parameters);
    }
    const value = code.body(rt, frame);
    rt.depth++;
    return value;
  }

  override call(rt: Runtime, a: unknown, b: unknown, c: unknown): unknown {
    const code = this.#code;
    if (code.plain !== 1 && (code.plain === undefined || code.plain > 3)) return this.apply(rt, [a, b, c]);
    if ((rt.steps -= code.cost) < 0 || --rt.depth < 0) rt.enter(0);
    const value = code.plain === 1 ? code.body(rt, [this.#outer, a]) : code.body(rt, [this.#outer, a, b, c]);
    rt.depth++;
    return value;
  }
}

/** A built-in as the tables hold it: `parameters` are the call's own, in order, as many as were given. */
export type NativeFunction = (rt: Runtime, parameters: unknown[]) => unknown;

export function functionAsText(): never {
  throw forbidden('A function cannot be turned into text or a number.');
}
