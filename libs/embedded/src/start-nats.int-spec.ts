import { once } from 'node:events';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RawNats } from '../test/raw-nats.js';
import { isAlive, otherProcess, scratchDir, until } from '../test/scenario.js';
import type { EmbeddedServer } from './embedded-server.js';
import { natsBinary } from './nats-binary.js';
import { identifyProcess } from './process-identity.js';
import { startNats } from './start-nats.js';
import type { NatsOptions } from './start-nats.js';

const SECRET = 'p"a\\s$s';
const users = [
  { user: 'caller', password: SECRET, publish: ['rpc.orders.>'], subscribe: ['_INBOX_caller.>'] },
  {
    user: 'orders',
    password: 'o',
    publish: [],
    subscribe: ['rpc.orders.>'],
    allowResponses: { max: 1, expires: '10s' },
  },
  { user: 'mute', password: 'm', publish: [], subscribe: [] },
  { user: 'admin', password: 'a', publish: ['>'], subscribe: ['>'] },
];
const system = { user: 'system', password: 's' };

describe('startNats', () => {
  let dataDir: string;
  const started: EmbeddedServer[] = [];
  const clients: RawNats[] = [];

  const start = async (options: Partial<NatsOptions> = {}) => {
    const server = await startNats({ dataDir, port: 0, users, system, ...options });
    started.push(server);
    return server;
  };
  const client = async (server: { url: string }, user?: string, password?: string) => {
    const connected = await RawNats.connect(server.url, user, password);
    clients.push(connected);
    return connected;
  };

  beforeEach(async () => {
    dataDir = join(await scratchDir(), 'nats');
  });
  afterEach(async () => {
    clients.splice(0).forEach((each) => each.close());
    await Promise.all(started.splice(0).map((server) => server.stop()));
  });

  it('refuses whoever has no user or another password', async () => {
    const server = await start();
    expect(await (await client(server)).settled()).toMatch(/Authorization Violation/);
    expect(await (await client(server, 'caller', 'guess')).settled()).toMatch(/Authorization Violation/);
    expect(await (await client(server, 'nobody', SECRET)).settled()).toMatch(/Authorization Violation/);
    expect(await (await client(server, 'caller', SECRET)).settled()).toBe('');
  });

  it('lets a user publish and subscribe what it was given, nothing else', async () => {
    const server = await start();
    const caller = await client(server, 'caller', SECRET);
    caller.publish('rpc.orders.v1.read', '{}');
    caller.send('SUB _INBOX_caller.1 1');
    expect(await caller.settled()).toBe('');
    caller.publish('rpc.vault.v1.read', '{}');
    expect(await caller.settled()).toMatch(/Permissions Violation for Publish to "rpc.vault.v1.read"/);
    for (const subject of ['_INBOX_orders.>', '_INBOX.>', 'rpc.orders.>', '>']) {
      caller.send(`SUB ${subject} 2`);
      expect(await caller.settled()).toContain(`Permissions Violation for Subscription to "${subject}"`);
    }
  });

  it('takes an empty list for nothing at all', async () => {
    const mute = await client(await start(), 'mute', 'm');
    mute.publish('any', '');
    expect(await mute.settled()).toMatch(/Permissions Violation for Publish/);
    mute.send('SUB any 1');
    expect(await mute.settled()).toMatch(/Permissions Violation for Subscription/);
  });

  it('lets a service answer what it was asked, once', async () => {
    const server = await start();
    const [caller, orders] = [await client(server, 'caller', SECRET), await client(server, 'orders', 'o')];
    orders.send('SUB rpc.orders.> 1');
    await orders.settled();
    orders.publish('_INBOX_caller.7', 'unasked');
    expect(await orders.settled()).toMatch(/Permissions Violation for Publish to "_INBOX_caller.7"/);
    caller.send('SUB _INBOX_caller.7 1');
    await caller.settled();
    caller.publish('rpc.orders.v1.read', '{}', '_INBOX_caller.7');
    await orders.expect(/MSG rpc\.orders\.v1\.read 1 _INBOX_caller\.7 2\r\n\{\}\r\n/);
    orders.publish('_INBOX_caller.7', 'answer');
    orders.publish('_INBOX_caller.7', 'again');
    expect(await orders.settled()).toMatch(/Permissions Violation/);
    expect(await caller.settled()).toBe('MSG _INBOX_caller.7 1 6\r\nanswer\r\n');
  });

  it('asks the callout about strangers only, through the user that may hear it', async () => {
    const issuer = 'AAENAM3QILRLIUUDF5DTUHNVXKDWKOR24OWRDJCPYEYEAMPZQFHVF5HN';
    const server = await start({ authCallout: { issuer } });
    const admin = await client(server, 'admin', 'a');
    admin.send('SUB $SYS.REQ.USER.AUTH 1');
    expect(await admin.settled()).toBe('');
    const caller = await client(server, 'caller', SECRET);
    caller.send('SUB $SYS.REQ.USER.AUTH 1');
    expect(await caller.settled()).toMatch(/Permissions Violation for Subscription/);
    expect(await (await client(server, 'system', 's')).settled()).toBe('');
    // Nobody answers, so the stranger is refused when the server has waited long enough.
    const stranger = await client(server, 'publisher', 'p');
    await admin.expect(/MSG \$SYS\.REQ\.USER\.AUTH 1 \S+ \d+\r\n/);
    expect(await stranger.settled()).toMatch(/Authorization Violation|Authentication Timeout/);
  });

  it('keeps passwords out of the process list, readable by the owner alone', async () => {
    const server = await start();
    const command = (await identifyProcess(server.pid))?.command.join(' ');
    expect(command).toMatch(/-c .*nats-server\.conf/);
    expect(command).not.toContain(SECRET);
    expect((await stat(join(dataDir, 'nats-server.conf'))).mode & 0o777).toBe(0o600);
    expect(server.url).not.toContain('@');
  });

  it('writes streams to the disk before it acknowledges, and has them again after a kill', async () => {
    const lines: string[] = [];
    const server = await start({ log: (line) => lines.push(line) });
    const ask = async (subject: string, body: string) => {
      const admin = await client(server, 'admin', 'a');
      admin.send('SUB reply 1');
      admin.publish(subject, body, 'reply');
      return (await admin.expect(/MSG reply 1 \d+\r\n(.*)\r\n/))[1];
    };
    await ask('$JS.API.STREAM.CREATE.KEPT', JSON.stringify({ name: 'KEPT', subjects: ['kept.>'], storage: 'file' }));
    expect(await ask('kept.one', 'x')).toMatch(/"seq":1/);
    const { pid } = server;
    process.kill(pid, 'SIGKILL');
    await until(async () => server.pid !== pid);
    expect(await ask('$JS.API.STREAM.INFO.KEPT', '')).toMatch(/"messages":1,/);
    expect(lines).toEqual([`NATS (pid ${pid}) died (SIGKILL); starting it again.`]);
    expect(await readFile(join(dataDir, 'nats-server.conf'), 'utf8')).toContain('sync_interval: always');
  });

  it('ends the server that a killed process left running, and no other', async () => {
    const options = JSON.stringify({ dataDir, port: 0, users, system });
    const other = otherProcess(`print((await embedded.startNats(${options})).pid); forever();`);
    const pid = await other.next<number>();
    await other.kill();
    expect(await isAlive(pid)).toBe(true);
    const lines: string[] = [];
    const server = await start({ log: (line) => lines.push(line) });
    expect(await isAlive(pid)).toBe(false);
    expect(lines).toEqual([`Ended the nats-server (pid ${pid}) that an earlier process left running.`]);
    await server.stop();

    await writeFile(join(dataDir, 'nats-server.pid'), String(process.pid));
    const again = await start({ log: (line) => lines.push(line) });
    expect(lines).toHaveLength(1);
    expect(await (await client(again, 'admin', 'a')).settled()).toBe('');
  });

  it('names NATS_PORT when the port is taken', async () => {
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const { port } = occupant.address() as AddressInfo;
    await expect(start({ port })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      hint: expect.stringContaining('NATS_PORT'),
    });
    occupant.close();
  });

  it('keeps its port from start to start', async () => {
    const first = await start({ port: undefined });
    await first.stop();
    const second = await start({ port: undefined });
    expect(second.port).toBe(first.port);
  });

  it('shows what nats-server said when it does not start', async () => {
    await expect(start({ authCallout: { issuer: 'nonsense' } })).rejects.toMatchObject({
      code: 'SERVER_DOES_NOT_START',
      message: expect.stringMatching(/public account nkey, got "nonsense"/),
    });
  });

  it('tells where a nats-server can come from', async () => {
    const nothing = { natsServerBin: undefined, path: dataDir, forServers: {} };
    await expect(natsBinary(nothing, '/')).rejects.toMatchObject({
      code: 'SERVER_PACKAGE_MISSING',
      hint: expect.stringMatching(/PATH.*NATS_SERVER_BIN.*NATS_URL/),
    });
    await expect(natsBinary({ ...nothing, natsServerBin: '/no/such/file' })).rejects.toMatchObject({
      message: 'NATS_SERVER_BIN names /no/such/file, which cannot be run.',
    });
    const own = join(await scratchDir(), 'nats-server');
    await writeFile(own, '#!/bin/sh\n');
    await chmod(own, 0o755);
    expect(await natsBinary({ ...nothing, path: join(own, '..') }, '/')).toBe(own);
    expect(await natsBinary({ ...nothing, natsServerBin: own })).toBe(own);
  });
});
