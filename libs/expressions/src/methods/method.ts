import type { Runtime } from '../runtime/runtime.js';

/** A method as the tables hold it. `parameters` are the call's arguments, as many as were given. */
export type Method<Self> = (rt: Runtime, self: Self, parameters: unknown[]) => unknown;

export interface MethodEntry<Self> {
  /** Such as `slice(start?, end?): string`. */
  signature: string;
  description: string;
  run: Method<Self>;
}

export type MethodTable<Self> = Record<string, MethodEntry<Self>>;

export function method<Self>(signature: string, description: string, run: Method<Self>): MethodEntry<Self> {
  return { signature, description, run };
}
