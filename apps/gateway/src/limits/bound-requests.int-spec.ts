import { afterEach, describe, expect, it } from '@jest/globals';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Logger } from '@rpa/platform';
import { eventually } from '@rpa/testing';
import type { FastifyInstance } from 'fastify';
import { boundRequests } from './bound-requests.js';

describe('boundRequests', () => {
  let server: FastifyInstance;
  afterEach(() => server.close());

  it('refuses with 503 and Retry-After what is too much at once, but no probe, and takes more when there is room', async () => {
    server = new FastifyAdapter({ skipMiddie: true }).getInstance() as unknown as FastifyInstance;
    boundRequests(server, 2, { error: () => undefined } as unknown as Logger);
    const held: (() => void)[] = [];
    server.get('/slow', () => new Promise<string>((resolve) => held.push(() => resolve('done'))));
    server.get('/api/health', () => 'well');
    const url = await server.listen({ port: 0, host: '127.0.0.1' });
    const running = [fetch(`${url}/slow`), fetch(`${url}/slow`)];
    await eventually(() => expect(held).toHaveLength(2));
    const refused = await fetch(`${url}/slow`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refused.json()).toMatchObject({ code: 'overloaded' });
    expect(await (await fetch(`${url}/api/health`)).text()).toBe('well');
    for (const release of held.splice(0)) release();
    for (const answer of await Promise.all(running)) expect(await answer.text()).toBe('done');
    const again = fetch(`${url}/slow`);
    await eventually(() => expect(held).toHaveLength(1));
    held[0]?.();
    expect((await again).status).toBe(200);
  });
});
