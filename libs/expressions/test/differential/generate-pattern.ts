import type { Choices } from './random.js';

const ATOMS = [
  'a',
  'b',
  'X',
  '.',
  '\\d',
  '\\w',
  '\\s',
  '[a-c]',
  '[^a]',
  '\\b',
  '^',
  '$',
  '\\B',
  '[\\d-]',
  'é',
  '😀',
  '-',
  '_',
  '\\.',
  '[^]',
  '\\x41',
  '\\u0061',
];
const QUANTIFIERS = ['', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{0,2}', '{1,}', '{1,3}?'];

/** Quantifiers that keep V8's own matcher from taking exponential time on a group that repeats already. */
const BOUNDED = ['', '', '?', '??', '{2}', '{0,2}'];
const REPEATS = /[*+]|,\}/;

interface State {
  names: number;
  /** Whether a loop may stand in a loop; only for very short texts. */
  nested: boolean;
}

/** A regular expression of the accepted kind, as source and flags. */
export function nestedPattern(choices: Choices): { source: string; flags: string } {
  const flags = ['g', 'i', 'm', 's', 'u'].filter(() => choices.chance(20)).join('');
  return { source: alternatives(choices, 3, { names: 0, nested: true }), flags };
}

/** A regular expression of the accepted kind, as a literal. */
export function pattern(choices: Choices, global?: boolean): string {
  const flags = ['i', 'm', 's', 'u'].filter(() => choices.chance(15)).join('');
  const g = global === true || (global === undefined && choices.chance(40)) ? 'g' : '';
  const sticky = choices.chance(5) ? 'y' : '';
  const source = alternatives(choices, 2, { names: 0, nested: false });
  // V8 lets /\B/u match inside a surrogate pair, against the language's specification, which we follow.
  const kept = source.includes('\\B') ? flags.replace('u', '') : flags;
  return `/${source}/${g}${kept}${sticky}`;
}

function alternatives(choices: Choices, depth: number, state: State): string {
  const count = choices.chance(25) ? 2 : 1;
  const text = Array.from({ length: count }, () => sequence(choices, depth, state)).join('|');
  return text === '' ? '(?:)' : text;
}

function sequence(choices: Choices, depth: number, state: State): string {
  const length = 1 + choices.below(3);
  return Array.from({ length }, () => term(choices, depth, state)).join('');
}

function term(choices: Choices, depth: number, state: State): string {
  if (depth > 0 && choices.chance(30)) {
    const open = choices.one(['(', '(', '(?:', '(?=', '(?!', '(?<']);
    const start = open === '(?<' ? `(?<g${state.names++}>` : open;
    const group = `${start}${alternatives(choices, depth - 1, state)})`;
    if (open === '(?=' || open === '(?!') return group;
    return group + choices.one(state.nested || !REPEATS.test(group) ? QUANTIFIERS : BOUNDED);
  }
  const atom = choices.one(ATOMS);
  return ['\\b', '\\B', '^', '$'].includes(atom) ? atom : atom + choices.one(QUANTIFIERS);
}
