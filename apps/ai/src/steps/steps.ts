import type { Step } from '@rpa/step-kit';
import type { Claude } from '../claude/claude.js';
import { aiAsk } from './ai-ask/ai-ask.step.js';

/** Every step type that this service runs. */
export function aiSteps(claude: Claude): readonly Step[] {
  return [aiAsk(claude)];
}
