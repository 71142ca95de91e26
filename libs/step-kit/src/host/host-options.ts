import type { Bus } from '@rpa/messaging';
import type { Egress } from '../egress/create-egress.js';
import type { Step } from '../step/define-step.js';

export interface HostLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface HostMetrics {
  histogram(
    name: string,
    help: string,
    labelNames: ('type' | 'outcome')[],
    buckets: number[],
  ): { observe(labels: { type: string; outcome: string }, value: number): void };
  gauge(name: string, help: string, read: () => number): unknown;
}

export interface HostIdentity {
  /** Token by which the worker's service speaks, for one organization or for none. */
  serviceToken(organization?: { id: string }): Promise<string>;
}

export interface StepHostOptions {
  bus: Bus;
  identity: HostIdentity;
  /** Under which name the catalog keeps the step types; the same for all replicas. */
  source: string;
  steps: readonly Step[];
  /** Takes the tasks of this pool only. */
  pool: string;
  /** Tasks that run at once; more are answered with busy. */
  capacity: number;
  egress: Egress;
  logger: HostLogger;
  metrics: HostMetrics;
  /** Whether spans are kept; where they are not, none is made and the incoming trace is handed on. Default: true. */
  traced?: boolean;
  /** Unique among all workers that run; default: a new one. */
  workerId?: string;
  /** How long running steps may go on when the host stops, in milliseconds. */
  drainMs?: number;
}
