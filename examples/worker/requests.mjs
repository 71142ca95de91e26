import { createPrivateKey, sign } from 'node:crypto';
import { headers } from '@nats-io/transport-node';

const TOKEN_SECONDS = 600;
const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Asks services in the name of the NATS user `worker`: every request carries a token that it signs. */
export function createRequests(connection, { identityKey, trustedKeys }) {
  const key = createPrivateKey(identityKey);
  const { kid } = JSON.parse(trustedKeys).keys.findLast((each) => each.kid.startsWith('worker:'));

  const tokenFor = (organizationId) => {
    const iat = Math.floor(Date.now() / 1000);
    const who = { iss: 'worker', sub: 'service:worker', aud: 'rpa', iat, exp: iat + TOKEN_SECONDS };
    const text = `${base64url({ alg: 'ES256', kid, typ: 'JWT' })}.${base64url({ ...who, ...(organizationId && { org: organizationId }) })}`;
    return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };

  /** Throws an error with the `code` of the answer; without one nobody answered. */
  return async function request(subject, body, organizationId) {
    const head = headers();
    head.set('rpa-principal', tokenFor(organizationId));
    const reply = await connection.request(subject, JSON.stringify(body), { timeout: 5_000, headers: head });
    const answer = reply.json();
    if (reply.headers?.get('rpa-error')) throw Object.assign(new Error(answer.message), { code: answer.code });
    return answer;
  };
}
