import type { JsonValue, StepError, StepStatus } from '@rpa/contracts';

/** One step as the read API shows it. Times are RFC 3339 UTC with milliseconds. */
export interface StepView {
  path: string;
  id: string;
  type: string;
  status: StepStatus;
  attempt: number;
  output: JsonValue;
  error: StepError | null;
  startedAt: string | null;
  completedAt: string | null;
  durationMs: number | null;
}
