import { resolveVersion, type ResolveVersionReply, type ResolveVersionRequest } from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import type { Identity } from '@rpa/platform';

interface Lookup {
  running: Promise<ResolveVersionReply>;
  /** Asked when the running one has come back; for those who came after it was asked. */
  next: Promise<ResolveVersionReply> | null;
}

/**
 * What a start runs. Starts of the same workflow that come together share a lookup, but never one that was asked before
 * they came: a publish counts for the very next start.
 */
export class ResolveVersions {
  private readonly lookups = new Map<string, Lookup>();

  constructor(
    private readonly bus: Bus,
    private readonly identity: Identity,
  ) {}

  execute(organizationId: string, wanted: ResolveVersionRequest): Promise<ResolveVersionReply> {
    const key = `${organizationId} ${wanted.workflowId ?? ''} ${wanted.workflowKey ?? ''} ${wanted.version ?? ''}`;
    const lookup = this.lookups.get(key);
    if (!lookup) return this.begin(key, organizationId, wanted);
    lookup.next ??= lookup.running
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => this.begin(key, organizationId, wanted));
    return lookup.next;
  }

  private begin(key: string, organizationId: string, wanted: ResolveVersionRequest): Promise<ResolveVersionReply> {
    const lookup: Lookup = { running: this.ask(organizationId, wanted), next: null };
    this.lookups.set(key, lookup);
    const done = (): void => {
      if (this.lookups.get(key) === lookup && !lookup.next) this.lookups.delete(key);
    };
    lookup.running.then(done, done);
    return lookup.running;
  }

  private async ask(organizationId: string, wanted: ResolveVersionRequest): Promise<ResolveVersionReply> {
    const principal = await this.identity.serviceToken({ id: organizationId });
    return this.bus.request(resolveVersion, wanted, { principal });
  }
}
