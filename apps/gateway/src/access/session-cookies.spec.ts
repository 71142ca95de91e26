import cookie from '@fastify/cookie';
import { describe, expect, it } from '@jest/globals';
import type { SessionView } from '@rpa/contracts';
import fastify from 'fastify';
import type { GatewayConfig } from '../gateway.config.js';
import { SessionCookies } from './session-cookies.js';

const payload = Buffer.from(JSON.stringify({ sid: 's1' })).toString('base64url');
const SESSION = { accessToken: `h.${payload}.s`, refreshToken: 'r', expiresIn: 900 } as SessionView;

async function linesOf(publicUrl: string): Promise<string[]> {
  const cookies = new SessionCookies({ publicUrl, identityKey: 'key' } as GatewayConfig);
  const server = fastify();
  await server.register(cookie);
  server.get('/', (_request, reply) => {
    cookies.open(reply, SESSION);
    cookies.beginFlow(reply, 'flow');
    return reply.send();
  });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const { headers } = await fetch(url, {
    headers: { 'x-forwarded-proto': 'http', 'x-forwarded-host': 'evil.example' },
  });
  await server.close();
  return headers.getSetCookie().sort();
}

describe('SessionCookies', () => {
  it('over https are sent over TLS only, and no other host can set them', async () => {
    const lines = await linesOf('https://rpa.example.com');
    expect(lines.map((line) => line.split('=')[0])).toEqual([
      '__Host-rpa_access',
      '__Host-rpa_csrf',
      '__Secure-rpa_flow',
      '__Secure-rpa_refresh',
    ]);
    for (const line of lines) expect(line).toContain('; Secure');
    for (const line of lines.filter((text) => text.startsWith('__Host-'))) expect(line).toMatch(/Path=\/(;|$)/);
    expect(lines.join()).not.toMatch(/Domain/i);
  });

  it('hide both tokens and the flow from scripts, and only the CSRF token not', async () => {
    const lines = await linesOf('http://localhost:3000');
    const open = lines.filter((line) => !line.includes('HttpOnly'));
    expect(open.map((line) => line.split('=')[0])).toEqual(['rpa_csrf']);
    const lax = lines.filter((line) => !line.includes('SameSite=Strict'));
    expect(lax).toEqual([expect.stringMatching(/^rpa_flow=.*SameSite=Lax/)]);
  });
});
