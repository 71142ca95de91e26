import { describe, expect, it } from '@jest/globals';
import { isPythonForm } from './is-python-form.js';

describe('isPythonForm', () => {
  it.each([
    [{ id: 'step-1', type: 'log' }],
    [{ id: 'a', type: 'loop' }],
    [{ id: 'a', type: 'log', depends_on: ['b'] }],
    [{ id: 'a', type: 'log', retry: { max_attempts: 3 } }],
    [{ id: 'a', type: 'condition', config: { condition: 'x > 1', on_true: 'b' } }],
  ])('sees it by %j', (step) => {
    expect(isPythonForm({ steps: [{ id: 'first', type: 'log' }, step] })).toBe(true);
    expect(isPythonForm({ version: '1.0', steps: [step] })).toBe(true);
    expect(isPythonForm({ format: 1, steps: [step] })).toBe(false);
    expect(isPythonForm({ version: '1', steps: [step] })).toBe(false);
  });

  it.each([
    [{}],
    [{ steps: 'x' }],
    [{ steps: [1, null] }],
    [{ steps: [{ id: 'a', type: 'condition', config: { expression: 'x' } }] }],
  ])('does not take %j for it', (definition) => {
    expect(isPythonForm(definition as never)).toBe(false);
  });
});
