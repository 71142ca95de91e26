import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface Consent {
  challenge: string;
  redirectUri: string;
}

/**
 * An authorization server (RFC 6749, 7636): client authentication, code with PKCE, refresh tokens that work once. A
 * refresh token that comes twice revokes everything, as RFC 9700 asks for.
 */
export class AuthorizationServer {
  readonly client = { id: 'rpa client', secret: 's3cr3t/with:odd&characters' };
  /** Grants that were asked for, in order. */
  readonly asked: string[] = [];
  expiresIn = 3_600;
  /** Answers with this status instead, so often. */
  failing = 0;
  delayMs = 0;
  private readonly consents = new Map<string, Consent>();
  private readonly refreshTokens = new Map<string, boolean>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<AuthorizationServer> {
    const server = createServer((request, response) => {
      void running.answer(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
        response.end(JSON.stringify(body));
      });
    });
    const running = new AuthorizationServer(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return running;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What a person's browser does: gives consent, and is sent back with a code. */
  consent(authorizationUrl: string): URL {
    const { searchParams } = new URL(authorizationUrl);
    const redirectUri = searchParams.get('redirect_uri') ?? '';
    const code = randomBytes(16).toString('base64url');
    if (searchParams.get('code_challenge_method') !== 'S256') throw new Error('There is no PKCE.');
    this.consents.set(code, { challenge: searchParams.get('code_challenge') ?? '', redirectUri });
    const back = new URL(redirectUri);
    back.searchParams.set('code', code);
    back.searchParams.set('state', searchParams.get('state') ?? '');
    back.searchParams.set('iss', this.url);
    return back;
  }

  revokeAll(): void {
    this.refreshTokens.clear();
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: object }> {
    const form = new URLSearchParams(await text(request));
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    this.asked.push(form.get('grant_type') ?? '-');
    if (this.failing-- > 0) return { status: 503, body: {} };
    if (!this.isClient(request, form)) return { status: 401, body: { error: 'invalid_client' } };
    return this.grant(form);
  }

  private grant(form: URLSearchParams): { status: number; body: object } {
    switch (form.get('grant_type')) {
      case 'client_credentials':
        return { status: 200, body: this.tokens(false, form.get('scope')) };
      case 'refresh_token':
        return this.refresh(form.get('refresh_token') ?? '');
      case 'authorization_code':
        return this.exchange(form);
      default:
        return { status: 400, body: { error: 'unsupported_grant_type' } };
    }
  }

  private refresh(token: string): { status: number; body: object } {
    const fresh = this.refreshTokens.get(token);
    if (fresh === undefined) return { status: 400, body: { error: 'invalid_grant' } };
    if (!fresh) {
      this.refreshTokens.clear();
      return { status: 400, body: { error: 'invalid_grant' } };
    }
    this.refreshTokens.set(token, false);
    return { status: 200, body: this.tokens(true) };
  }

  private exchange(form: URLSearchParams): { status: number; body: object } {
    const code = form.get('code') ?? '';
    const consent = this.consents.get(code);
    this.consents.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const fits = consent?.challenge === challenge && consent.redirectUri === form.get('redirect_uri');
    return fits ? { status: 200, body: this.tokens(true) } : { status: 400, body: { error: 'invalid_grant' } };
  }

  private tokens(withRefresh: boolean, scope: string | null = null): object {
    const refreshToken = `refresh-${randomBytes(16).toString('base64url')}`;
    if (withRefresh) this.refreshTokens.set(refreshToken, true);
    return {
      access_token: `access-${randomBytes(16).toString('base64url')}`,
      token_type: 'Bearer',
      expires_in: this.expiresIn,
      id_token: 'not.looked.at',
      ...(withRefresh && { refresh_token: refreshToken }),
      ...(scope && { scope }),
    };
  }

  private isClient({ headers }: IncomingMessage, form: URLSearchParams): boolean {
    const given = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1];
    const encode = (part: string): string => new URLSearchParams({ x: part }).toString().slice(2);
    const [id, secret] = given
      ? Buffer.from(given, 'base64').toString().split(':')
      : [encode(form.get('client_id') ?? ''), encode(form.get('client_secret') ?? '')];
    const plain = (part = ''): string => decodeURIComponent(part.replaceAll('+', ' '));
    return plain(id) === this.client.id && plain(secret) === this.client.secret;
  }
}
