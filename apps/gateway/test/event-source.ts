export interface StreamEvent {
  id: number;
  type: string;
  data: { seq: number; type: string; path?: string };
}

/** Reads server-sent events as a browser does. */
export class EventSource {
  readonly events: StreamEvent[] = [];
  comments = 0;
  /** The server has ended the stream. */
  ended = false;
  private readonly closing = new AbortController();

  private constructor(
    readonly status: number,
    readonly headers: Headers,
  ) {}

  static async open(url: string, token: string, lastEventId?: number): Promise<EventSource> {
    const closing = new AbortController();
    const response = await fetch(url, {
      headers: {
        authorization: `Bearer ${token}`,
        ...(lastEventId !== undefined && { 'last-event-id': String(lastEventId) }),
      },
      signal: closing.signal,
    });
    const source = new EventSource(response.status, response.headers);
    source.closing.signal.addEventListener('abort', () => closing.abort());
    if (response.status === 200 && response.body) void source.read(response.body).catch(() => undefined);
    return source;
  }

  close(): void {
    this.closing.abort();
  }

  get lastId(): number {
    return this.events.at(-1)?.id ?? 0;
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) this.take(frame);
    }
    this.ended = true;
  }

  private take(frame: string): void {
    if (frame.startsWith(':')) this.comments++;
    const fields = Object.fromEntries(frame.split('\n').map((line) => line.split(/: (.*)/s, 2)));
    if (fields['data'])
      this.events.push({ id: Number(fields['id']), type: fields['event'], data: JSON.parse(fields['data']) });
  }
}
