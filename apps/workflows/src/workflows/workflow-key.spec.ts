import { describe, expect, it } from '@jest/globals';
import { freeKey, keyFromName } from './workflow-key.js';

describe('keyFromName', () => {
  it.each([
    ['Order import (EU)', 'order-import-eu'],
    ['  Crème brûlée  ', 'creme-brulee'],
    ['3rd try', 'rd-try'],
    ['snake_case name', 'snake_case-name'],
    ['注文', 'workflow'],
    ['---', 'workflow'],
  ])('makes a key of %p', (name, key) => {
    expect(keyFromName(name)).toBe(key);
  });

  it('is always a valid key, with room for a number', () => {
    for (const name of ['x'.repeat(500), `${'ab '.repeat(100)}`, '_x', '-a-'])
      expect(keyFromName(name)).toMatch(/^[a-z][a-z0-9_-]{0,56}$/);
  });
});

describe('freeKey', () => {
  it('takes the lowest number that is free', () => {
    expect(freeKey('a', [])).toBe('a');
    expect(freeKey('a', ['a', 'a-3'])).toBe('a-2');
    expect(freeKey('a', ['a', 'a-2', 'a-3'])).toBe('a-4');
    expect(freeKey('a', ['a-2'])).toBe('a');
  });
});
