import { describe, expect, it } from '@jest/globals';
import type { RouteInput } from './define-route.js';
import { parseDuration } from './duration.js';
import { queryDuration } from './query-duration.js';

describe('parseDuration', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['0s', 0],
  ])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '30', 's', '-1s', '1.5s', '1e3s', '30 s', '1S', '1w', '9999999999ms'])('%p is none', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});

describe('queryDuration', () => {
  const input = (query: RouteInput['query']): RouteInput => ({ params: {}, query, body: undefined, headers: {} });

  it('reads a duration, and nothing where there is none', () => {
    expect(queryDuration(input({ wait: '30s' }), 'wait', 55_000)).toBe(30_000);
    expect(queryDuration(input({}), 'wait', 55_000)).toBeUndefined();
  });

  it.each([[{ wait: '56s' }], [{ wait: 'soon' }], [{ wait: ['1s', '2s'] }]])('refuses %j and names it', (query) => {
    expect(() => queryDuration(input(query as RouteInput['query']), 'wait', 55_000)).toThrow(
      expect.objectContaining({ code: 'validation_failed', errors: [expect.objectContaining({ path: 'wait' })] }),
    );
  });
});
