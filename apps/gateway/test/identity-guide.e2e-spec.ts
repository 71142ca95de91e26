import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Platform } from './platform.js';

const GUIDE = readFileSync(new URL('../../../docs/guides/identity.md', import.meta.url), 'utf8');
const SAMPLE = /```http\n(\w+) (\S+) -> (\d+)\n([\s\S]*?)```/g;
const samples = [...GUIDE.matchAll(SAMPLE)].map(([, method = '', path = '', status, body = '{}']) => {
  return { method, path, status: Number(status), body };
});

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
  await platform.startAuth();
}, 60_000);
afterAll(() => platform.stop());

describe('the guide to identity', () => {
  it('shows requests that do what it says, one after the other', async () => {
    expect(samples.length).toBeGreaterThan(8);
    const registered = await platform.post('/api/v1/auth/register', {
      email: 'ada@example.com',
      password: 'correct horse battery staple',
      firstName: 'Ada',
      lastName: 'Lovelace',
      organizationName: 'Analytical Engines',
    });
    const authorization = `Bearer ${String(registered.body['accessToken'])}`;
    const values: Record<string, unknown> = {};
    for (const { method, path, status, body } of samples) {
      const text = body.replace(/\$(\w+)/g, (_all, name: string) => String(values[name]));
      const answer = await platform.fetch(method, `/api/v1${path}`, JSON.parse(text), { authorization });
      expect({ path, status: answer.status, text: answer.status === status ? '' : answer.text }).toEqual({
        path,
        status,
        text: '',
      });
      Object.assign(values, answer.body);
    }
  });
});
