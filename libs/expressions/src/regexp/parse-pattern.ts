import { forbidden } from '../expression.errors.js';
import type { ParsedPattern, PatternNode } from './pattern-syntax.js';
import { ASSERTION } from './pattern-syntax.js';

/** Levels of groups inside groups. */
const MAX_DEPTH = 100;

/**
 * Parses a regular expression that the JavaScript parser has already accepted, so only what the matcher cannot run in
 * bounded time is left to refuse.
 */
export function parsePattern(source: string, flags: string): ParsedPattern {
  for (const flag of flags) {
    if (!'gimsuy'.includes(flag)) throw forbidden(`The regular expression flag '${flag}' is not available.`);
  }
  return new PatternParser(source, flags.includes('u')).parse();
}

class PatternParser {
  private position = 0;
  private depth = 0;
  private readonly groupNames: (string | undefined)[] = [undefined];

  constructor(
    private readonly source: string,
    private readonly unicode: boolean,
  ) {}

  parse(): ParsedPattern {
    const root = this.alternatives();
    if (this.position < this.source.length) throw this.refuse('has an unmatched )');
    return { root, groupNames: this.groupNames };
  }

  private alternatives(): PatternNode {
    if (++this.depth > MAX_DEPTH) throw this.refuse(`nests more than ${MAX_DEPTH} groups`);
    const items = [this.sequence()];
    while (this.take('|')) items.push(this.sequence());
    this.depth--;
    return items.length === 1 ? (items[0] as PatternNode) : { type: 'alternatives', items };
  }

  private sequence(): PatternNode {
    const items: PatternNode[] = [];
    while (this.position < this.source.length && !'|)'.includes(this.peek())) items.push(this.term());
    return items.length === 0 ? { type: 'empty' } : { type: 'sequence', items };
  }

  private term(): PatternNode {
    const firstGroup = this.groupNames.length;
    const atom = this.atom();
    const bounds = this.quantifier();
    if (bounds === undefined) return atom;
    if (atom.type === 'assertion' || atom.type === 'lookahead') throw this.refuse('repeats an assertion');
    const greedy = !this.take('?');
    return { type: 'repeat', body: atom, ...bounds, greedy, groups: [firstGroup, this.groupNames.length] };
  }

  private quantifier(): { min: number; max: number } | undefined {
    if (this.take('*')) return { min: 0, max: Infinity };
    if (this.take('+')) return { min: 1, max: Infinity };
    if (this.take('?')) return { min: 0, max: 1 };
    const counted = /^\{(\d+)(,(\d*))?\}/.exec(this.source.slice(this.position, this.position + 40));
    if (counted === null) return undefined;
    this.position += counted[0].length;
    const min = Number(counted[1]);
    if (counted[2] === undefined) return { min, max: min };
    return { min, max: counted[3] === '' ? Infinity : Number(counted[3]) };
  }

  private atom(): PatternNode {
    const start = this.position;
    const character = this.source[this.position++];
    switch (character) {
      case '^':
        return { type: 'assertion', kind: ASSERTION.start };
      case '$':
        return { type: 'assertion', kind: ASSERTION.end };
      case '.':
        return { type: 'set', raw: '.' };
      case '(':
        return this.group();
      case '[':
        this.skipClass();
        return { type: 'set', raw: this.source.slice(start, this.position) };
      case '\\':
        return this.escape(start);
      default: {
        const code = this.unicode ? (this.source.codePointAt(start) ?? 0) : this.source.charCodeAt(start);
        if (code > 0xffff) this.position++;
        return { type: 'character', code };
      }
    }
  }

  private group(): PatternNode {
    if (!this.take('?')) return this.capture(undefined);
    if (this.take(':')) return this.closed(this.alternatives());
    if (this.take('=')) return this.lookahead(false);
    if (this.take('!')) return this.lookahead(true);
    if (this.take('<') && !'=!'.includes(this.peek())) {
      const end = this.source.indexOf('>', this.position);
      const name = this.source.slice(this.position, end);
      if (name.includes('\\')) throw this.refuse('has an escape in the name of a group');
      this.position = end + 1;
      return this.capture(name);
    }
    throw this.refuse('looks behind ((?<= or (?<!)');
  }

  private capture(name: string | undefined): PatternNode {
    const index = this.groupNames.push(name) - 1;
    return { type: 'group', index, body: this.closed(this.alternatives()) };
  }

  private lookahead(negative: boolean): PatternNode {
    const first = this.groupNames.length;
    const body = this.closed(this.alternatives());
    return { type: 'lookahead', negative, body, groups: [first, this.groupNames.length] };
  }

  private closed(node: PatternNode): PatternNode {
    if (!this.take(')')) throw this.refuse('has an unclosed group');
    return node;
  }

  private skipClass(): void {
    for (; this.source[this.position] !== ']'; this.position++) {
      if (this.position >= this.source.length) throw this.refuse('has an unclosed class');
      if (this.source[this.position] === '\\') this.position++;
    }
    this.position++;
  }

  private escape(start: number): PatternNode {
    const rest = this.source.slice(this.position);
    if (rest.startsWith('b')) return this.boundary(ASSERTION.boundary);
    if (rest.startsWith('B')) return this.boundary(ASSERTION.noBoundary);
    if (/^([1-9]|k)/.test(rest)) throw this.refuse(`refers back to a group (\\${rest[0]})`);
    if (/^(0\d|c(?![a-zA-Z]))/.test(rest)) throw this.refuse('uses an obsolete escape');
    const long = this.unicode ? UNICODE_ESCAPE.exec(rest) : PLAIN_ESCAPE.exec(rest);
    this.position += long === null ? 1 : long[0].length;
    return { type: 'set', raw: this.source.slice(start, this.position) };
  }

  private boundary(kind: (typeof ASSERTION)['boundary' | 'noBoundary']): PatternNode {
    this.position++;
    return { type: 'assertion', kind };
  }

  private peek(): string {
    return this.source[this.position] ?? '';
  }

  private take(character: string): boolean {
    if (this.source[this.position] !== character) return false;
    this.position++;
    return true;
  }

  private refuse(what: string): Error {
    return forbidden(`This regular expression ${what}, which cannot be matched in bounded time or is not available.`);
  }
}

const PLAIN_ESCAPE = /^(x[\da-fA-F]{2}|u[\da-fA-F]{4}|c[a-zA-Z])/;
const UNICODE_ESCAPE =
  /^(x[\da-fA-F]{2}|u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[\da-fA-F]{4}|u\{[\da-fA-F]+\}|c[a-zA-Z]|[pP]\{[^}]*\})/;
