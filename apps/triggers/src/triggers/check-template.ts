import type { Fault } from '@rpa/contracts';
import { compileTemplate, ExpressionError } from '@rpa/expressions';

/** What a filter and an input mapping can read. */
export const TRIGGER_ROOTS = ['trigger', 'now'] as const;

/** The first fault of the expressions in a template, with its path and position. */
export function checkTemplate(template: unknown, path: string): Fault[] {
  try {
    compileTemplate(template, { roots: TRIGGER_ROOTS });
    return [];
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const at = (error.path ?? []).map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
    return [{ path: `${path}${at}`, code: error.code, message: error.message, line: error.line, column: error.column }];
  }
}
