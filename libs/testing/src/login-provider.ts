import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Context, Provider } from 'oidc-provider';

/** What the provider says of somebody, beside the subject. */
export interface ProviderPerson {
  sub: string;
  email?: string;
  email_verified?: boolean;
  given_name?: string;
  family_name?: string;
  groups?: string[];
}

export interface ProviderClient {
  client_id: string;
  /** Absent: a public client, by PKCE alone. */
  client_secret?: string;
  redirect_uris: string[];
}

const SCOPES = 'openid email profile groups';

/** A real OpenID Connect provider. Whoever comes to it is signed in as {@link person}, without being asked. */
export class LoginProvider {
  /** Who sits at the browser. */
  person: ProviderPerson = { sub: 'nobody' };
  private readonly people = new Map<string, ProviderPerson>();

  private constructor(
    readonly issuer: string,
    private readonly server: Server,
  ) {}

  static async start(clients: ProviderClient[]): Promise<LoginProvider> {
    const { Provider } = await import('oidc-provider');
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const own = new LoginProvider(issuer, server);
    const provider = new Provider(issuer, own.configuration(clients));
    server.on('request', own.handler(provider));
    return own;
  }

  /**
   * What the person's browser does at the provider's address: follows its redirects with its cookies, until it is sent
   * elsewhere. Gives that address.
   */
  async visit(url: string): Promise<string> {
    const cookies = new Map<string, string>();
    let next = url;
    for (let hops = 0; hops < 10; hops++) {
      const header = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(next, { redirect: 'manual', headers: { cookie: header } });
      for (const line of answer.headers.getSetCookie()) {
        const [pair = ''] = line.split(';');
        const at = pair.indexOf('=');
        cookies.set(pair.slice(0, at), pair.slice(at + 1));
      }
      const location = answer.headers.get('location');
      if (!location) throw new Error(`The provider answered ${answer.status}: ${await answer.text()}`);
      next = new URL(location, next).href;
      if (!next.startsWith(`${this.issuer}/`)) return next;
    }
    throw new Error('The provider redirects without an end.');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private configuration(clients: ProviderClient[]): object {
    return {
      clients: clients.map((client) => ({
        ...client,
        token_endpoint_auth_method: client.client_secret ? 'client_secret_basic' : 'none',
        grant_types: ['authorization_code'],
        response_types: ['code'],
      })),
      scopes: SCOPES.split(' '),
      claims: {
        openid: ['sub'],
        email: ['email', 'email_verified'],
        profile: ['given_name', 'family_name'],
        groups: ['groups'],
      },
      ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
      cookies: { keys: ['test'] },
      features: { devInteractions: { enabled: false } },
      pkce: { required: () => true },
      interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
      findAccount: (_context: unknown, accountId: string) => ({
        accountId,
        claims: () => this.people.get(accountId) ?? { sub: accountId },
      }),
      loadExistingGrant: async ({ oidc }: Context) => {
        const { client, session, provider } = oidc;
        const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
        grant.addOIDCScope(SCOPES);
        await grant.save();
        return grant;
      },
    };
  }

  private handler(provider: Provider): (request: IncomingMessage, response: ServerResponse) => void {
    const serve = provider.callback();
    return (request, response) => {
      if (!request.url?.startsWith('/interaction/')) return serve(request, response);
      this.people.set(this.person.sub, this.person);
      const result = { login: { accountId: this.person.sub } };
      provider
        .interactionFinished(request, response, result, { mergeWithLastSubmission: false })
        .catch((error: unknown) => {
          response.writeHead(500).end(String(error));
        });
    };
  }
}
