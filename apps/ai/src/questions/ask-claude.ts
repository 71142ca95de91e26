import { Injectable } from '@nestjs/common';
import type { AskClaudeReply, AskClaudeRequest } from '@rpa/contracts';
import { Claude } from '../claude/claude.js';
import { toRouteError } from '../claude/claude.errors.js';

/** Shorter than the caller waits, so that it hears what happened. */
const TIMEOUT_MS = 110_000;

@Injectable()
export class AskClaude {
  constructor(private readonly claude: Claude) {}

  /** No further tries: the caller is told how long to wait and decides. */
  async execute(request: AskClaudeRequest): Promise<AskClaudeReply> {
    try {
      return await this.claude.ask(request, { timeoutMs: TIMEOUT_MS, retries: 0 });
    } catch (error) {
      throw toRouteError(error);
    }
  }
}
