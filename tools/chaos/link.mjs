/** The wire between one process and one server: can be cut, or fall silent without anybody being told. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

export class Link {
  pairs = new Set();
  silent = false;

  constructor(targetPort) {
    this.targetPort = targetPort;
    this.server = createServer({ pauseOnConnect: true }, (near) => this.join(near));
  }

  static async open(targetPort) {
    const link = new Link(targetPort);
    link.server.listen(0, '127.0.0.1');
    await once(link.server, 'listening');
    return link;
  }

  get port() {
    return this.server.address().port;
  }

  /** Ends all connections; new ones are let through at once. */
  cut() {
    for (const { near, far } of this.pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  /** Holds back every byte, both ways, until `thaw`. */
  freeze() {
    this.silent = true;
    for (const { near, far } of this.pairs) {
      near.pause();
      far.pause();
    }
  }

  thaw() {
    this.silent = false;
    for (const { near, far } of this.pairs) {
      near.resume();
      far.resume();
    }
  }

  close() {
    this.server.close();
    this.cut();
  }

  join(near) {
    const far = connect(this.targetPort, '127.0.0.1');
    const pair = { near, far };
    this.pairs.add(pair);
    near.setNoDelay(true);
    far.setNoDelay(true);
    this.forward(near, far, pair);
    this.forward(far, near, pair);
    if (!this.silent) near.resume();
    else far.pause();
  }

  forward(from, to, pair) {
    from.on('data', (chunk) => {
      if (to.write(chunk)) return;
      from.pause();
      to.once('drain', () => this.silent || from.resume());
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      to.destroy();
      this.pairs.delete(pair);
    });
  }
}
