import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { healthSubject, refreshSession, registerUser, type SessionView } from '@rpa/contracts';
import { eventually, startTestPostgres } from '@rpa/testing';
import { AuthService, CLIENT, newPerson } from './auth-service.js';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let auth: AuthService;
beforeAll(async () => {
  postgres = await startTestPostgres();
  auth = await AuthService.start({ DATABASE_URL: postgres.url });
}, 30_000);
afterAll(async () => {
  await auth.stop();
  await postgres.stop();
});

describe('when PostgreSQL is away', () => {
  it('says so, and goes on with the same sessions when it is back', async () => {
    const person = newPerson();
    const { email, password } = person;
    const login = () => auth.signIn(email, password);
    const health = () => auth.gateway.ask(healthSubject('auth'), {}, 3_000);
    const session: SessionView = await auth.gateway.request(registerUser, person, { client: CLIENT });
    const { dataDir, port } = { dataDir: postgres.dataDir, port: Number(new URL(postgres.url).port) };

    await postgres.stop();
    await expect(login()).rejects.toMatchObject({ code: 'unavailable', message: 'PostgreSQL is not reachable.' });
    await eventually(async () =>
      expect(await health()).toMatchObject({
        status: 'not_ready',
        checks: { postgresql: { ok: false, reason: 'PostgreSQL is not reachable' }, nats: { ok: true } },
      }),
    );

    postgres = await startTestPostgres({ dataDir, port });
    await eventually(async () => expect(await health()).toMatchObject({ status: 'ready' }));
    await expect(login()).resolves.toMatchObject({ user: session.user });
    const { refreshToken } = session;
    const refreshed = auth.gateway.request(refreshSession, { refreshToken }, { client: CLIENT });
    await expect(refreshed).resolves.toMatchObject({ user: session.user });
  }, 30_000);
});
