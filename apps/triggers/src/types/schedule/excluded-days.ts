import type { Static } from 'typebox';
import type { ExclusionSchema } from './schedule-config.js';

const DAY = 86_400_000;
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** Days on which nothing fires. */
export class ExcludedDays {
  private readonly dates: ReadonlySet<string>;
  private readonly yearly: ReadonlySet<string>;
  private readonly weekdays: ReadonlySet<number>;
  private readonly between: readonly { from: string; to: string }[];

  constructor({ dates = [], yearly = [], weekdays = [], between = [] }: Static<typeof ExclusionSchema>) {
    this.dates = new Set(dates);
    this.yearly = new Set(yearly);
    this.weekdays = new Set(weekdays.map((name) => WEEKDAYS.indexOf(name)));
    this.between = between;
  }

  /** @param wall wall time in milliseconds as if it were UTC */
  has(wall: number): boolean {
    const day = new Date(Math.floor(wall / DAY) * DAY);
    const date = day.toISOString().slice(0, 10);
    return (
      this.weekdays.has(day.getUTCDay()) ||
      this.dates.has(date) ||
      this.yearly.has(date.slice(5)) ||
      this.between.some(({ from, to }) => from <= date && date <= to)
    );
  }
}
