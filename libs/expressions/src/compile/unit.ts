import type { Expression, Node } from '../syntax/expression-tree.js';
import type { Code } from '../runtime/runtime.js';
import { childNodes } from '../syntax/child-nodes.js';

/** One place where an expression reads its scope. */
export interface Reference {
  /** The name read from the scope, such as `steps`. */
  root: string;
  /** The keys read from it, as far as the text alone decides them. */
  path: (string | number)[];
  line: number;
  column: number;
}

/** A reference whose place is still an offset. */
export interface PlacedReference {
  root: string;
  path: (string | number)[];
  offset: number;
}

/** The names that a function's parameters declare, and where their values stand in its frame. */
export class NameScope {
  private readonly slots = new Map<string, number>();
  private readonly bound = new Set<string>();

  constructor(readonly outer: NameScope | undefined) {}

  /** Slots of a frame, slot 0 (the frame around it) included. */
  get size(): number {
    return this.slots.size + 1;
  }

  declare(name: string): number {
    const slot = this.size;
    this.slots.set(name, slot);
    return slot;
  }

  /** From here on the name has its value; before, JavaScript would throw. */
  markBound(name: string): void {
    this.bound.add(name);
  }

  find(name: string): { hops: number; slot: number; bound: boolean } | undefined {
    const slot = this.slots.get(name);
    if (slot !== undefined) return { hops: 0, slot, bound: this.bound.has(name) };
    const found = this.outer?.find(name);
    return found && { ...found, hops: found.hops + 1 };
  }

  names(): string[] {
    return [...this.slots.keys(), ...(this.outer?.names() ?? [])];
  }
}

/** What is known while one expression is compiled. */
export interface Unit {
  /** The text that offsets point into. */
  readonly text: string;
  /** Names that may be read from the scope; any when undefined. */
  readonly roots: ReadonlySet<string> | undefined;
  /** Whether what is read from the scope must be copied, because a call may change it. */
  readonly mutates: boolean;
  readonly references: PlacedReference[];
  readonly compile: (node: Expression, names: NameScope | undefined) => Code;
}

/** How many steps one run of a node costs; a nested function's body is charged when it is called. */
export function costOf(node: Node): number {
  let cost = 1;
  for (const child of childNodes(node)) cost += child.type === 'ArrowFunctionExpression' ? 1 : costOf(child);
  return cost;
}
