export interface Answer<Body = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: Body;
}

export interface Account {
  accessToken: string;
  organization: { id: string; name: string; slug: string };
}

/** A client of the HTTP API; never throws on a status. What is not JSON stands as `{ text }`. */
export class Client {
  constructor(
    readonly url: string,
    private readonly token: string | null = null,
    private readonly key: string | null = null,
  ) {}

  as(token: string): Client {
    return new Client(this.url, token);
  }

  /** The access token, for a test that speaks to services itself. */
  get bearer(): string {
    return this.token ?? '';
  }

  /** With an API key instead of a token. */
  withKey(key: string): Client {
    return new Client(this.url, null, key);
  }

  get<Body = Record<string, unknown>>(path: string): Promise<Answer<Body>> {
    return this.send('GET', path);
  }

  post<Body = Record<string, unknown>>(
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    return this.send('POST', path, body, headers);
  }

  async send<Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const raw = typeof body === 'string';
    const response = await fetch(`${this.url}${path.startsWith('/api/') ? '' : '/api/v1'}${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...(this.key && { 'x-api-key': this.key }),
        ...headers,
      },
      ...(body !== undefined && { body: raw ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = /[/+]json/.test(response.headers.get('content-type') ?? '');
    const parsed: unknown = json && text ? JSON.parse(text) : text ? { text } : {};
    return { status: response.status, headers: response.headers, body: parsed as Body };
  }

  /** The OpenAPI document. */
  async document<Document>(): Promise<Document> {
    return (await (await fetch(`${this.url}/docs/openapi.json`)).json()) as Document;
  }

  /** Registers an organization of its own and answers a client that is signed in. */
  async register(name: string): Promise<{ client: Client; account: Account }> {
    const answer = await this.post<Account>('/auth/register', {
      email: `${name.toLowerCase()}-${Date.now()}-${Math.random().toString(36).slice(2)}@example.com`,
      password: 'a long enough password 42',
      firstName: name,
      lastName: 'Tester',
      organizationName: name,
    });
    if (answer.status !== 201) throw new Error(`register: ${answer.status} ${JSON.stringify(answer.body)}`);
    return { client: this.as(answer.body.accessToken), account: answer.body };
  }

  /** Creates and publishes a workflow; answers its id. */
  async publish(name: string, definition: unknown): Promise<string> {
    const created = await this.post<{ id: string }>('/workflows', { name, definition });
    if (created.status !== 201) throw new Error(`create: ${created.status} ${JSON.stringify(created.body)}`);
    const published = await this.post(`/workflows/${created.body.id}/publish`);
    if (published.status !== 200) throw new Error(`publish: ${published.status} ${JSON.stringify(published.body)}`);
    return created.body.id;
  }
}

export interface StepRow {
  path: string;
  id: string;
  type: string;
  status: string;
  attempt: number;
  output: unknown;
  error: { code: string; message: string } | null;
}

export interface ExecutionRow {
  id: string;
  status: string;
  output: unknown;
  error: { code: string; message: string; stepPath?: string } | null;
  steps: StepRow[];
  traceId: string | null;
}
