import { afterEach, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { once } from 'node:events';
import type { EmbeddedServer } from '@rpa/embedded';
import { startTestNats, testNats } from './test-nats.js';
import type { TestNatsAccess } from './test-nats.js';

/** What the server answers to a client that introduces itself so. */
async function greet(url: string, access: Partial<TestNatsAccess>): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const info = String((await once(socket, 'data'))[0]);
  expect(info).toMatch(/^INFO /);
  const options = { verbose: false, pedantic: false, user: access.user, pass: access.password };
  socket.write(`CONNECT ${JSON.stringify(options)}\r\nPING\r\n`);
  const answer = String((await once(socket, 'data'))[0]);
  socket.destroy();
  return answer;
}

describe('NATS of the test run', () => {
  let server: EmbeddedServer | undefined;
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  it('lets in the administrator, the system user and every service, nobody else', async () => {
    for (const user of ['admin', 'system', 'gateway', 'worker']) {
      const access = testNats(user);
      expect(await greet(access.url, access)).toMatch(/^PONG/);
    }
    expect(await greet(testNats().url, {})).toMatch(/Authorization Violation/);
    expect(await greet(testNats().url, { user: 'gateway', password: 'wrong' })).toMatch(/Authorization Violation/);
  });

  it('starts a server of its own beside it', async () => {
    server = await startTestNats();
    expect(server.url).not.toBe(testNats().url);
    expect(await greet(server.url, testNats())).toMatch(/^PONG/);
  });
});
