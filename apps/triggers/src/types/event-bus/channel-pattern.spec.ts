import { describe, expect, it } from '@jest/globals';
import { channelMatches, isChannelPattern } from './channel-pattern.js';

describe('channelMatches', () => {
  it.each([
    ['orders.created', 'orders.created', true],
    ['orders.created', 'orders.created.eu', false],
    ['orders.created', 'orders', false],
    ['orders.*', 'orders.created', true],
    ['orders.*', 'orders', false],
    ['orders.*', 'orders.created.eu', false],
    ['*.created', 'orders.created', true],
    ['*.*', 'a.b', true],
    ['orders.>', 'orders.created', true],
    ['orders.>', 'orders.created.eu', true],
    ['orders.>', 'orders', false],
    ['>', 'anything.at.all', true],
    ['*.b.>', 'a.b', false],
    ['*.b.>', 'a.b.c', true],
  ])('%s and %s: %p', (pattern, channel, matches) => {
    expect(channelMatches(pattern, channel)).toBe(matches);
  });
});

describe('isChannelPattern', () => {
  it.each(['a', 'a.b_c-d', '*', '>', 'a.*', 'a.>', '*.*.>'])('takes %s', (text) => {
    expect(isChannelPattern(text)).toBe(true);
  });
  it.each(['', '.', 'a.', '.a', 'a..b', 'a b', 'a.>.b', '>.a', 'a*', '>>', 'ü', 'a\u0000'])('refuses %p', (text) => {
    expect(isChannelPattern(text)).toBe(false);
  });
});
