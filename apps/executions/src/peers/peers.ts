import { replicaSubject, type ReplicaMessage } from '@rpa/contracts';
import { encodeBody, type Bus, type Subscription } from '@rpa/messaging';

const ANSWER_WITHIN_MS = 5_000;

/** The other replicas. What is told here is a hint: the rows say the same. */
export class Peers {
  private subscription: Subscription | null = null;

  constructor(
    private readonly bus: Bus,
    readonly replica: string,
  ) {}

  /** Hears what is meant for this replica; a handler that returns something answers the one who asked. */
  listen(handler: (message: ReplicaMessage) => Promise<object | undefined>): void {
    this.subscription = this.bus.subscribe(replicaSubject(this.replica), (body, msg) => {
      void handler(body as ReplicaMessage).then(
        (answer) => answer && msg.respond(encodeBody(answer)),
        () => undefined,
      );
    });
  }

  tell(replica: string, message: ReplicaMessage): void {
    if (this.bus.connected) this.bus.publish(replicaSubject(replica), message);
  }

  ask(replica: string, message: ReplicaMessage): Promise<unknown> {
    return this.bus.ask(replicaSubject(replica), message, ANSWER_WITHIN_MS);
  }

  stop(): void {
    this.subscription?.unsubscribe();
  }
}
