interface Problem {
  code?: string;
  detail?: string;
  errors?: { path: string; message: string }[];
}

/** Talks to the gateway as any client would. */
export class DemoApi {
  private token: string | null = null;

  constructor(private readonly url: string) {}

  signIn(token: string): void {
    this.token = token;
  }

  async call<Reply>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Reply> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(this.token && { authorization: `Bearer ${this.token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${explain(text)}`);
    return (text ? JSON.parse(text) : null) as Reply;
  }
}

function explain(text: string): string {
  try {
    const problem = JSON.parse(text) as Problem;
    const faults = (problem.errors ?? []).map((fault) => `${fault.path}: ${fault.message}`);
    return [problem.code, problem.detail, ...faults].filter(Boolean).join('; ');
  } catch {
    return text.slice(0, 200);
  }
}
