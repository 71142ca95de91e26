import {
  askClaude,
  getAiStatus,
  type AskClaudeReply,
  type AskClaudeRequest,
  type GetAiStatusReply,
  type GetAiStatusRequest,
} from '@rpa/contracts';
import { Handles, Messages } from '@rpa/messaging';
import { Claude } from '../claude/claude.js';
import { AskClaude } from './ask-claude.js';

@Messages()
export class QuestionsMessages {
  constructor(
    private readonly claude: Claude,
    private readonly asking: AskClaude,
  ) {}

  @Handles(getAiStatus)
  status(_request: GetAiStatusRequest): GetAiStatusReply {
    return this.claude.status();
  }

  @Handles(askClaude)
  ask(request: AskClaudeRequest): Promise<AskClaudeReply> {
    return this.asking.execute(request);
  }
}
