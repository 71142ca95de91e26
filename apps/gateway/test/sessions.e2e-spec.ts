import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  accessChanged,
  AppError,
  checkSession,
  ERRORS,
  SYSTEM_ROLES,
  type CheckSessionReply,
  type CheckSessionRequest,
} from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import { createLogger, Metrics, ServiceDoor, type Identity } from '@rpa/platform';
import { eventually } from '@rpa/testing';
import { LiveClient } from './live-client.js';
import { Platform } from './platform.js';

const ORGANIZATION = { id: '0198c1f0-0000-7000-8000-0000000000aa', slug: 'acme' };
const USER_ID = '0198c1f0-0000-7000-8000-0000000000bb';

let platform: Platform;
let bus: Bus;
let identity: Identity;
let asked: string[] = [];
let answer: () => Promise<CheckSessionReply> | CheckSessionReply;
beforeAll(async () => {
  platform = await Platform.start();
  [bus, identity] = await Promise.all([platform.connectAs('auth'), platform.identity('auth')]);
  const logger = createLogger({ service: 'auth', level: 'silent', format: 'json' });
  const door = new ServiceDoor(identity, logger, new Metrics('auth'), null);
  bus.responder.handle(checkSession, door, (request) => {
    asked.push((request as CheckSessionRequest).sessionId);
    return answer();
  });
  await bus.settled();
});
afterAll(() => platform.stop());
beforeEach(() => {
  asked = [];
  answer = () => ({ active: true, epoch: 0 });
});

let sessions = 0;
async function newToken(epoch = 0): Promise<{ sessionId: string; token: string }> {
  const sessionId = `0198c1f0-0000-7000-8000-${String(++sessions).padStart(12, '0')}`;
  const roles = ['viewer'];
  const permissions = SYSTEM_ROLES.viewer;
  const user = { userId: USER_ID, organization: ORGANIZATION, roles, permissions, sessionId, epoch };
  return { sessionId, token: await identity.signUser(user, 900) };
}
/** 503 is what an admitted request gets: nobody but the gateway runs. */
const ask = async (token: string) => {
  const { status, body } = await platform.get('/api/v1/executions', { authorization: `Bearer ${token}` });
  return `${status} ${String(body['code'])}`;
};
const ADMITTED = '503 unavailable';
const REFUSED = '401 invalid_token';
const tell = async (subject: 'session' | 'user' | 'organization', id: string) => {
  bus.emit(accessChanged, ORGANIZATION.id, { subject, id });
  await bus.settled();
};

describe('sessions behind tokens', () => {
  it('are asked about once, however many requests come', async () => {
    const { token, sessionId } = await newToken();
    const all = await Promise.all(Array.from({ length: 50 }, () => ask(token)));
    expect(new Set(all)).toEqual(new Set([ADMITTED]));
    expect(await ask(token)).toBe(ADMITTED);
    expect(asked).toEqual([sessionId]);
  });

  it.each(['session', 'user', 'organization'] as const)(
    'are asked about again when their %s has changed',
    async (what) => {
      const { token, sessionId } = await newToken();
      await ask(token);
      answer = () => ({ active: false, epoch: 0 });
      expect(await ask(token)).toBe(ADMITTED);
      await tell(what, { session: sessionId, user: USER_ID, organization: ORGANIZATION.id }[what]);
      await eventually(async () => expect(await ask(token)).toBe(REFUSED));
    },
  );

  it('that have ended, or rights that have changed, make the token worthless', async () => {
    const old = await newToken(1);
    answer = () => ({ active: true, epoch: 2 });
    expect(await ask(old.token)).toBe(REFUSED);
    expect(await ask((await newToken(2)).token)).toBe(ADMITTED);
    answer = () => ({ active: false, epoch: 0 });
    expect(await ask((await newToken()).token)).toBe(REFUSED);
  });

  it('are not remembered from an answer that was under way when they ended', async () => {
    const { token, sessionId } = await newToken();
    let release: (reply: CheckSessionReply) => void = () => undefined;
    const held = new Promise<CheckSessionReply>((resolve) => (release = resolve));
    answer = () => held;
    const first = ask(token);
    await eventually(() => expect(asked).toHaveLength(1));
    await tell('session', sessionId);
    answer = () => ({ active: false, epoch: 0 });
    await eventually(async () => expect(await ask(token)).toBe(REFUSED));
    release({ active: true, epoch: 0 });
    await first;
    expect(await ask(token)).toBe(REFUSED);
  });

  it('that nobody knows anything of are refused for now while auth does not answer', async () => {
    answer = () => {
      throw new AppError('unavailable');
    };
    const { token } = await newToken();
    const { status, headers, body } = await platform.get('/api/v1/executions', { authorization: `Bearer ${token}` });
    // Not that of the service that it was meant for: the request did not get there.
    expect({ status, detail: body['detail'] }).toEqual({ status: 503, detail: ERRORS.unavailable.title });
    expect(headers.get('retry-after')).toBe('1');
  });

  it('that end close their WebSockets, and leave those of others open', async () => {
    const [mine, other] = [await newToken(), await newToken()];
    const open = async ({ token }: { token: string }): Promise<LiveClient> => {
      const client = await LiveClient.open(platform.gateway.url, token);
      await eventually(() => expect(client.of('authenticated')).toHaveLength(1));
      return client;
    };
    const [ended, kept] = await Promise.all([open(mine), open(other)]);
    answer = () => ({ active: false, epoch: 0 });
    await tell('session', mine.sessionId);
    await eventually(() => expect(ended.closed).toEqual({ code: 4401, reason: 'access_ended' }));
    kept.send({ type: 'ping' });
    await eventually(() => expect(kept.of('pong')).toHaveLength(1));
    kept.close();
  });
});
