import { describe, expect, it } from '@jest/globals';
import { ROUTES } from './routes.js';

const withRevision = Object.values(ROUTES)
  .flat()
  .filter(({ command }) => 'revision' in command.example.reply);

describe('routes', () => {
  it('answer with an ETag wherever the answer has a revision, so that no client must read again to write', () => {
    expect(withRevision.length).toBeGreaterThan(15);
    const silent = withRevision.filter(({ etag }) => !etag).map(({ method, path }) => `${method} ${path}`);
    expect(silent).toEqual([]);
    for (const { etag, command } of withRevision)
      expect(etag?.(command.example.reply)).toEqual((command.example.reply as { revision: unknown }).revision);
  });
});
