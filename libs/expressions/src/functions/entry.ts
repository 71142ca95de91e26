import type { NativeFunction } from '../runtime/callable.js';

/** A function of the language, as evaluation, completion, hover and the guide need it. */
export interface FunctionEntry {
  /** Such as `chunk(list, size): array`. */
  signature: string;
  description: string;
  /** Expressions that read nothing, and what they give; tests run them all. */
  examples: readonly (readonly [expression: string, result: unknown])[];
  run: NativeFunction;
}

/** A constant such as `Math.PI`. */
export interface ConstantEntry {
  description: string;
  value: unknown;
}

export type FunctionTable = Record<string, FunctionEntry>;
export type MemberTable = Record<string, FunctionEntry | ConstantEntry>;

export function entry(
  signature: string,
  description: string,
  run: NativeFunction,
  ...examples: (readonly [expression: string, result: unknown])[]
): FunctionEntry {
  return { signature, description, run, examples };
}

export function constant(description: string, value: unknown): ConstantEntry {
  return { description, value };
}
