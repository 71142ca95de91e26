import { natsUsers } from '@rpa/contracts';
import { startTestNats, testNats } from '@rpa/testing';

type Server = Awaited<ReturnType<typeof startTestNats>>;
let server: Server | null = null;

/** A server for this file alone: on a shared one the replicas of other files would answer and take each other's tasks. */
export async function startNats(): Promise<Server> {
  const users = natsUsers().map((user) => ({ ...user, password: testNats(user.user).password }));
  server = await startTestNats({ users });
  return server;
}

export function natsUrl(): string {
  if (!server) throw new Error('Call startNats in beforeAll.');
  return server.url;
}

export async function stopNats(): Promise<void> {
  await server?.stop();
}
