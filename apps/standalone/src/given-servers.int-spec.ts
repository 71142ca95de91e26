import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, jest } from '@jest/globals';
import { givenDatabase, givenNats } from './given-servers.js';
import { orStop } from './run.js';

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('a given PostgreSQL', () => {
  it('that does not listen is named with what to do, without its password', async () => {
    const port = await closedPort();
    const failed = givenDatabase(`postgresql://rpa:s3cret@127.0.0.1:${port}/rpa`);
    await expect(failed).rejects.toMatchObject({
      message: `The PostgreSQL of DATABASE_URL cannot be used: connect ECONNREFUSED 127.0.0.1:${port}.`,
      hint: expect.stringContaining('correct DATABASE_URL'),
    });
  });
});

describe('a given NATS', () => {
  it('is used when one of its servers listens, and named with what to do when none does', async () => {
    const closed = await closedPort();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const urls = `nats://127.0.0.1:${closed}, 127.0.0.1:${port}`;
    expect(await givenNats(urls)).toBe(urls);
    server.close();
    await once(server, 'close');
    await expect(givenNats(urls)).rejects.toMatchObject({
      message: expect.stringContaining(`ECONNREFUSED 127.0.0.1:${closed}; connect ECONNREFUSED 127.0.0.1:${port}.`),
      hint: expect.stringContaining('correct NATS_URL'),
    });
    await expect(givenNats('nats://a b')).rejects.toThrow('NATS_URL cannot be used: Invalid URL');
  });
});

describe('a start that fails half way', () => {
  it('stops what runs already', async () => {
    const stop = jest.fn(() => Promise.resolve());
    expect(await orStop(Promise.resolve(5), { stop })).toBe(5);
    expect(stop).not.toHaveBeenCalled();
    await expect(orStop(Promise.reject(new Error('no demo')), { stop })).rejects.toThrow('no demo');
    expect(stop).toHaveBeenCalledTimes(1);
  });
});
