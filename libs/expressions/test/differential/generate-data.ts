import type { Choices } from './random.js';

const WORDS = [
  '',
  'a',
  'Ada',
  'b c',
  '12',
  '3.5',
  ' x ',
  'é',
  '😀',
  'A-b_C',
  'null',
  'aXbXc',
  '2026-03-29',
  '<i>',
  'aaa',
  '0',
  '-1',
];
const NUMBERS = [0, 1, -1, 2, 3, 7, 10, 0.5, -2.25, 1e21, 255, 1774747800000, 100, 4, 5];
export const KEYS = ['a', 'b', 'id', 'name', 'price', 'tags', 'x y', '0', 'length', 'map', 'toString', 'constructor'];

export function word(choices: Choices): string {
  return choices.one(WORDS);
}

export function number(choices: Choices): number {
  return choices.one(NUMBERS);
}

function value(choices: Choices, depth: number): unknown {
  const kind = choices.below(depth > 0 ? 8 : 5);
  if (kind === 0) return null;
  if (kind === 1) return choices.chance(50);
  if (kind <= 2) return number(choices);
  if (kind <= 4) return word(choices);
  return kind <= 6 ? list(choices, depth - 1) : record(choices, depth - 1);
}

function list(choices: Choices, depth: number): unknown[] {
  return Array.from({ length: choices.below(5) }, () => value(choices, depth));
}

function record(choices: Choices, depth: number): Record<string, unknown> {
  const names = Array.from({ length: choices.below(4) }, () => choices.one(KEYS));
  return Object.fromEntries(names.map((name) => [name, value(choices, depth)]));
}

/** The scope of a case: always the same names, so that a generated expression can read them. */
export function scope(choices: Choices): Record<string, unknown> {
  const items = Array.from({ length: choices.below(5) }, () => ({
    id: number(choices),
    name: word(choices),
    price: number(choices),
    tags: Array.from({ length: choices.below(3) }, () => word(choices)),
  }));
  return {
    n: number(choices),
    s: word(choices) + word(choices),
    flag: choices.chance(50),
    none: null,
    xs: Array.from({ length: choices.below(6) }, () => number(choices)),
    ss: Array.from({ length: choices.below(5) }, () => word(choices)),
    items,
    o: record(choices, 2),
    any: value(choices, 2),
    at: choices.one([
      '2026-03-29T01:30:00Z',
      '2024-02-29',
      '2026-03-29T01:30:00',
      'not a date',
      '1969-12-31T23:59:59.999Z',
    ]),
  };
}
