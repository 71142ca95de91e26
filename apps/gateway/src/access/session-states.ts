import { Inject, Injectable } from '@nestjs/common';
import { accessChanged, AppError, checkSession, eventWildcard, type UserPrincipal } from '@rpa/contracts';
import { Bus } from '@rpa/messaging';
import { Identity, LOGGER, type Logger } from '@rpa/platform';
import { LRUCache } from 'lru-cache';

const REMEMBERED = 20_000;
/** As long a session that has ended could go on when the event that says so is lost. */
const FRESH_MS = 15_000;
/** While auth is away nobody can end a session either, so what was seen of one lately still holds. */
const TRUSTED_WITHOUT_AUTH_MS = 5 * 60_000;

interface SessionState {
  active: boolean;
  epoch: number;
  userId: string;
  organizationId: string;
  seenAt: number;
}

/** Told whose access has changed, so that nobody goes on with what was remembered. */
type Forget = (subject: string, id: string) => void;

/**
 * Whether the sessions behind access tokens still stand. A token proves itself for a quarter of an hour; that its session
 * was ended, its user locked out or given other rights in the meantime only auth knows. It is asked about each session
 * every few seconds, and tells at once when something changes.
 */
@Injectable()
export class SessionStates {
  private readonly states = new LRUCache<string, SessionState>({ max: REMEMBERED });
  private readonly asking = new Map<string, Promise<SessionState>>();
  private readonly listeners: Forget[] = [];
  private changes = 0;

  constructor(
    private readonly bus: Bus,
    private readonly identity: Identity,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  listen(): void {
    this.bus.subscribe(eventWildcard(accessChanged), (body) => {
      const { subject, id } = body as { subject?: unknown; id?: unknown };
      if (typeof subject !== 'string' || typeof id !== 'string') return;
      this.changes++;
      // Who asks from now on must not get an answer that was under way before.
      this.asking.clear();
      this.forget(subject, id);
      for (const forget of this.listeners) forget(subject, id);
    });
  }

  onChange(forget: Forget): void {
    this.listeners.push(forget);
  }

  /** Nothing to wait for when it is known. @throws `invalid_token` when the session has ended or the rights have changed */
  assertStands(principal: UserPrincipal): Promise<void> | undefined {
    const { sessionId } = principal;
    // The token of an API key: it lives for a minute, and is forgotten when the key is revoked.
    if (!sessionId) return undefined;
    const known = this.states.get(sessionId);
    if (known && Date.now() - known.seenAt < FRESH_MS) {
      assertActive(known, principal);
      return undefined;
    }
    return this.ask(sessionId, principal, known).then((state) => assertActive(state, principal));
  }

  private async ask(sessionId: string, principal: UserPrincipal, known?: SessionState): Promise<SessionState> {
    let asking = this.asking.get(sessionId);
    if (!asking) {
      const reading = this.read(sessionId, principal).finally(() => {
        if (this.asking.get(sessionId) === reading) this.asking.delete(sessionId);
      });
      this.asking.set(sessionId, reading);
      asking = reading;
    }
    try {
      return await asking;
    } catch (error) {
      const lately = known?.active && Date.now() - known.seenAt < TRUSTED_WITHOUT_AUTH_MS;
      if (!lately) throw error;
      this.logger.warn({ err: error }, 'Auth was not asked about a session that stood lately');
      return known;
    }
  }

  private async read(sessionId: string, { userId, organizationId }: UserPrincipal): Promise<SessionState> {
    const before = this.changes;
    const principal = await this.identity.serviceToken();
    const { active, epoch } = await this.bus.request(checkSession, { sessionId, organizationId }, { principal });
    const state = { active, epoch, userId, organizationId, seenAt: Date.now() };
    // What changed while auth was answering may not be in its answer.
    if (before === this.changes) this.states.set(sessionId, state);
    return state;
  }

  private forget(subject: string, id: string): void {
    if (subject === 'session') this.states.delete(id);
    else
      for (const [sessionId, state] of this.states.entries())
        if ((subject === 'user' ? state.userId : state.organizationId) === id) this.states.delete(sessionId);
  }
}

function assertActive(state: SessionState, principal: UserPrincipal): void {
  if (!state.active) throw new AppError('invalid_token', 'The session has ended; log in again.');
  if ((principal.epoch ?? 0) < state.epoch)
    throw new AppError('invalid_token', 'Your rights have changed; refresh the token.');
}
