import { describe, expect, it } from '@jest/globals';
import { SLUG_PATTERN } from '@rpa/contracts';
import { slugCandidates } from './organization-slug.js';

describe('slugCandidates', () => {
  it.each([
    ['Acme Corp.', 'acme-corp'],
    ['Ünïcödé', 'unicode'],
    ['x', 'org-x'],
    ['日本', 'org'],
    ['--a  b--', 'a-b'],
    [`${'a'.repeat(39)} b`, 'a'.repeat(39)],
  ])('%s becomes %s', (name, slug) => {
    expect(slugCandidates(name).next().value).toBe(slug);
  });

  it('goes on with numbers and then with random ends, all of the agreed form', () => {
    const slugs = [...slugCandidates('a'.repeat(60))];
    expect(slugs.slice(0, 3)).toEqual(['a'.repeat(40), `${'a'.repeat(38)}-2`, `${'a'.repeat(38)}-3`]);
    expect(slugs.filter((slug) => !SLUG_PATTERN.test(slug))).toEqual([]);
    expect(new Set(slugs).size).toBe(slugs.length);
  });
});
