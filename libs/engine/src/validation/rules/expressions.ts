import { LIMITS } from '../../definition/limits.js';
import type { Findings } from '../findings.js';
import { at } from '../json-path.js';
import type { Rule } from '../rule.js';
import type { AnalysedTemplate } from '../templates.js';

/** Every expression parses, reads only names that exist, and is no longer than its limit. */
export const expressionsRule: Rule = ({ templates, findings }) => {
  for (const template of templates) checkTemplate(template, findings);
};

function checkTemplate({ path, expressions }: AnalysedTemplate, findings: Findings): void {
  for (const found of expressions) {
    const place = at(path, ...found.path);
    const { line, column } = found;
    if (bytesOf(found.source) > LIMITS.expressionBytes) {
      const message = `The expression is longer than ${LIMITS.expressionBytes} bytes (limit: expression)`;
      findings.error(place, 'expression_too_long', message, { line, column });
    } else if (found.error) {
      const { error } = found;
      findings.error(place, `expression_${error.code}`, error.message, { line: error.line, column: error.column });
    }
  }
}

function bytesOf(text: string): number {
  if (text.length * 3 <= LIMITS.expressionBytes) return text.length;
  return new TextEncoder().encode(text).length;
}
