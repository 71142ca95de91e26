import type { Step } from '@rpa/step-kit';
import { httpRequest } from './http-request/http-request.step.js';
import { noop } from './noop/noop.step.js';

/** Every step type that this worker runs. */
export const STEPS: readonly Step[] = [httpRequest, noop];
