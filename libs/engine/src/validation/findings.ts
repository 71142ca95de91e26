import type { DefinitionIssue } from '../definition/definition.js';

/** Past this many faults of one kind of list the rest is only counted. */
const MOST_LISTED = 1000;

/** Collects what the rules find. */
export class Findings {
  readonly errors: DefinitionIssue[] = [];
  readonly warnings: DefinitionIssue[] = [];

  error(path: string, code: string, message: string, position?: { line: number; column: number }): void {
    add(this.errors, path, code, message, position);
  }

  warn(path: string, code: string, message: string): void {
    add(this.warnings, path, code, message);
  }

  get hasErrors(): boolean {
    return this.errors.length > 0;
  }
}

function add(
  list: DefinitionIssue[],
  path: string,
  code: string,
  message: string,
  position?: { line: number; column: number },
): void {
  if (list.length >= MOST_LISTED) return;
  list.push(position ? { path, code, message, line: position.line, column: position.column } : { path, code, message });
}
