/** The world outside: an HTTP server that remembers every effect that steps had on it, by idempotency key. */
import { createServer } from 'node:http';
import { numberOf } from './random.mjs';

export class Sink {
  /** Idempotency key to the times at which a request with it came in. */
  arrivals = new Map();
  /** `order step` to the keys under which it was done: an effect counts once a key. */
  effects = new Map();
  /** Told about each request before it is answered; may hold the answer back. */
  onArrival = () => undefined;

  static async open() {
    const sink = new Sink();
    sink.server = createServer((request, response) => void sink.take(request, response));
    // Longer than a client keeps one: no request shall meet a connection that is just being closed.
    sink.server.keepAliveTimeout = 600_000;
    await new Promise((resolve) => sink.server.listen(0, '127.0.0.1', resolve));
    sink.url = `http://127.0.0.1:${sink.server.address().port}`;
    return sink;
  }

  async take(request, response) {
    request.resume();
    const [, order, step] = request.url.split('/');
    const key = request.headers['idempotency-key'] ?? `none ${request.url}`;
    const times = this.arrivals.get(key);
    if (times) times.push(Date.now());
    else this.arrivals.set(key, [Date.now()]);
    const effect = `${order} ${step}`;
    const keys = this.effects.get(effect);
    if (keys) keys.add(key);
    else this.effects.set(effect, new Set([key]));
    const held = this.onArrival({ key, order, step, count: this.arrivals.get(key).length, response });
    await (held ?? pauseOf(key));
    response.setHeader('content-type', 'application/json');
    response.end('{"ok":true}');
  }

  get requests() {
    let sum = 0;
    for (const times of this.arrivals.values()) sum += times.length;
    return sum;
  }

  close() {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** Most steps are quick; some take long enough to be met by a fault. */
function pauseOf(key) {
  const dice = numberOf(key);
  const ms = dice < 0.8 ? dice * 40 : dice < 0.95 ? dice * 700 : dice * 2_500;
  return new Promise((resolve) => setTimeout(resolve, ms));
}
