import { Module } from '@nestjs/common';
import { Claude } from './claude/claude.js';
import { AskClaude } from './questions/ask-claude.js';
import { QuestionsMessages } from './questions/questions.messages.js';

@Module({
  controllers: [QuestionsMessages],
  providers: [Claude, AskClaude],
})
export class AiModule {}
