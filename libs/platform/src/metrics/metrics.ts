import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The Prometheus metrics of one service; `register` takes further metrics of its own. */
export class Metrics {
  readonly registry = new Registry();
  private readonly commands: Histogram<'command' | 'outcome'>;

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
    this.commands = new Histogram({
      name: 'rpa_command_duration_seconds',
      help: 'Time to answer a command, by outcome (ok or the error code)',
      labelNames: ['command', 'outcome'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [this.registry],
    });
  }

  /** Metrics of the process itself; where several services share one, only one should collect them. */
  collectProcessMetrics(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  observeCommand(command: string, seconds: number, outcome: string): void {
    this.commands.observe({ command, outcome }, seconds);
  }

  counter<Label extends string>(name: string, help: string, labelNames: Label[] = []): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  histogram<Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    buckets: number[],
  ): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.registry] });
  }

  /** A gauge that is read when it is scraped. */
  gauge(name: string, help: string, read: () => number): Gauge {
    return new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }
}
