import { createAccount, decode, encodeAuthorizationResponse, encodeUser, fromSeed } from '@nats-io/jwt';
import type { AuthorizationRequest, User } from '@nats-io/jwt';
import type { Msg } from '@nats-io/nats-core';
import type { Bus } from './bus.js';

const CALLOUT_SUBJECT = '$SYS.REQ.USER.AUTH';
/** Account of the server's configuration that all our users live in. */
export const NATS_ACCOUNT = 'RPA';

/** Seed of the account key that signs answers to the auth callout; the server is configured with its public half. */
export function newAccountSeed(): string {
  return new TextDecoder().decode(createAccount().getSeed());
}

export function publicKeyOfSeed(seed: string): string {
  return fromSeed(new TextEncoder().encode(seed)).getPublicKey();
}

/** What an outside user may do, or null to refuse the connection. */
export interface CalloutGrant {
  publish: string[];
  subscribe: string[];
  /** The server ends the connection after this long; its client then asks again. Absent: never. */
  expiresInSeconds?: number;
}
export type CalloutDecision = (user: string, password: string) => Promise<CalloutGrant | null>;

/**
 * Answers the NATS server when somebody connects who is none of the static users: the server asks, we decide by name and
 * password, and what is not allowed is refused by the server from then on. Anonymous connections get no.
 */
export function answerAuthCallout(bus: Bus, seed: string, decide: CalloutDecision): void {
  const issuer = fromSeed(new TextEncoder().encode(seed));
  const answer = async (msg: Msg): Promise<void> => {
    const {
      user_nkey: userKey,
      server_id: server,
      connect_opts: options,
    } = decode<Partial<AuthorizationRequest>>(msg.string()).nats;
    if (!userKey || !server) return;
    const name = options?.user ?? '';
    const grant = name && options?.pass ? await decide(name, options.pass).catch(() => null) : null;
    const data = grant ? { jwt: await userToken(name, userKey, grant) } : { error: 'user or password is wrong' };
    const response = await encodeAuthorizationResponse(
      userKey,
      server.id,
      issuer,
      data as never,
      {
        aud: server.id,
      } as never,
    );
    msg.respond(response);
  };
  const userToken = (name: string, userKey: string, grant: CalloutGrant): Promise<string> =>
    encodeUser(
      name,
      userKey,
      issuer,
      { pub: { allow: grant.publish, deny: [] }, sub: { allow: grant.subscribe, deny: [] } } as Partial<User>,
      {
        aud: NATS_ACCOUNT,
        ...(grant.expiresInSeconds && { exp: Math.floor(Date.now() / 1000) + grant.expiresInSeconds }),
      } as never,
    );
  bus.connection.subscribe(CALLOUT_SUBJECT, {
    queue: 'triggers',
    callback: (error, msg) => {
      if (!error) void answer(msg).catch(() => undefined);
    },
  });
}
