import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@rpa/contracts';
import { diffDefinitions } from './diff-definitions.js';

describe('diffDefinitions', () => {
  it('finds steps that came, went and changed, at every level', () => {
    const before: JsonObject = {
      steps: [
        { id: 'a', type: 'log', config: { message: 'x', level: 'info' } },
        { id: 'gone', type: 'noop' },
        { id: 'each', type: 'foreach', config: { items: [1] }, steps: [{ id: 'in', type: 'log', next: ['p'] }] },
      ],
    };
    const after: JsonObject = {
      steps: [
        { id: 'each', type: 'foreach', config: { items: [1, 2] }, steps: [{ id: 'new', type: 'noop' }] },
        { id: 'a', type: 'log', config: { message: 'y' }, ui: { x: 1 } },
      ],
    };
    expect(diffDefinitions(before, after)).toEqual({
      added: [{ path: 'each.new', type: 'noop' }],
      removed: [
        { path: 'gone', type: 'noop' },
        { path: 'each.in', type: 'log' },
      ],
      changed: [
        { path: 'each', type: 'foreach', changes: [{ field: 'config.items', before: [1], after: [1, 2] }] },
        {
          path: 'a',
          type: 'log',
          changes: [
            { field: 'config.message', before: 'x', after: 'y' },
            { field: 'config.level', before: 'info', after: null },
          ],
        },
      ],
      other: [],
    });
  });

  it('finds nothing where only the order, the keys of objects or the layout differ', () => {
    const a: JsonObject = {
      steps: [
        { id: 'a', type: 'x', config: { p: 1, q: [{ r: 1, s: 2 }] } },
        { id: 'b', type: 'y' },
      ],
      ui: { z: 1 },
    };
    const b: JsonObject = {
      steps: [
        { id: 'b', type: 'y' },
        { config: { q: [{ s: 2, r: 1 }], p: 1 }, type: 'x', id: 'a' },
      ],
    };
    expect(diffDefinitions(a, b)).toEqual({ added: [], removed: [], changed: [], other: [] });
  });

  it('names what changed outside of the steps', () => {
    const { other } = diffDefinitions(
      { steps: [], settings: { timeout: '1h' }, output: null },
      { steps: [], settings: { timeout: '2h', priority: 1 } },
    );
    expect(other).toEqual([
      { field: 'settings.timeout', before: '1h', after: '2h' },
      { field: 'settings.priority', before: null, after: 1 },
      { field: 'output', before: null, after: null },
    ]);
  });
});
