import { describe, expect, it } from '@jest/globals';
import { compileExpression } from '../index.js';

const evaluate = (source: string): unknown =>
  compileExpression(source).evaluate({ xs: [3, 1, 2], one: [{ toString: 'no function' }] });

/** The values are what V8 gives for the same text. */
describe('a callback that changes its own list', () => {
  it.each([
    ['xs.map(x => [x, xs.pop()])', [[3, 2], [1, 1], null]],
    ['xs.filter(x => xs.pop() > 0)', [3, 1]],
    ['xs.some(x => xs.pop() > 5 || x === undefined)', false],
    ['xs.every(x => xs.shift() > 0 && x !== undefined)', true],
    ['xs.find(x => xs.pop() > 5 || x === undefined) === undefined', true],
    ['xs.findIndex(x => xs.pop() > 5 || x === undefined)', 2],
    ['xs.flatMap(x => [x, xs.pop()])', [3, 2, 1, 1]],
    ['xs.reduce((sum, x) => sum + x + xs.pop(), 0)', 7],
    ['xs.reduceRight((sum, x) => sum + x + xs.shift(), 0)', 12],
    ['xs.map(x => xs.push(x))', [4, 5, 6]],
    ['[xs.forEach(x => xs.pop() && x.toFixed(1)), xs.length].length', 2],
  ])('visits what JavaScript visits: %s', (source, value) => {
    expect(evaluate(source)).toEqual(value);
  });
});

describe('a single value', () => {
  it.each([
    ['one.sort().length', 1],
    ['one.toSorted().length', 1],
    ['[undefined, ...one].sort().length', 2],
  ])('is sorted without a text of it: %s', (source, value) => {
    expect(evaluate(source)).toBe(value);
  });
});
