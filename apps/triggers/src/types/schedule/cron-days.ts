import { CronFault, DAY_OF_MONTH, DAY_OF_WEEK, fault, MONTH, readField, readValue } from './cron-fields.js';

const DAY = 86_400_000;
/** After 28 years every date has met every weekday; leap years that are none at the end of a century add eight. */
const HORIZON_DAYS = 37 * 366;
const NAMES = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

type DayTest = (day: number, last: number, weekday: number) => boolean;

/** Which dates a cron expression means. */
export class CronDays {
  private readonly months: ReadonlySet<number>;
  private readonly daysOfMonth: ReadonlySet<number>;
  private readonly daysOfWeek: ReadonlySet<number>;
  private readonly monthTests: DayTest[] = [];
  private readonly weekTests: DayTest[] = [];
  /** Both fields restrict: either is enough, as in every cron since Vixie's. */
  private readonly either: boolean;

  constructor(
    private readonly dayOfMonth: string,
    month: string,
    dayOfWeek: string,
  ) {
    this.months = new Set(readField(MONTH, month));
    this.daysOfMonth = new Set(readField(DAY_OF_MONTH, openQuestion(dayOfMonth), (item) => this.readMonthDay(item)));
    this.daysOfWeek = new Set(
      readField(DAY_OF_WEEK, openQuestion(dayOfWeek), (item) => this.readWeekDay(item)).map((value) => value % 7),
    );
    this.either = ![dayOfMonth, dayOfWeek].some((text) => /^[*?]/.test(text));
  }

  /** @param date midnight of a date as if it were UTC */
  matches(date: number): boolean {
    const day = new Date(date);
    if (!this.months.has(day.getUTCMonth() + 1)) return false;
    const [number, weekday] = [day.getUTCDate(), day.getUTCDay()];
    const inMonth = this.daysOfMonth.has(number) || meets(this.monthTests, day);
    if (inMonth === this.either) return inMonth;
    return this.daysOfWeek.has(weekday) || meets(this.weekTests, day);
  }

  /** The first matching date from this one on; null when there is none. */
  next(date: number): number | null {
    for (let days = 0; days < HORIZON_DAYS; days++) {
      const candidate = date + days * DAY;
      if (this.matches(candidate)) return candidate;
    }
    return null;
  }

  assertPossible(): void {
    // In a leap year, so that 29 February is met at once.
    if (this.next(Date.UTC(2024, 0, 1)) !== null) return;
    const months = [...this.months].map((month) => NAMES[month - 1]).join(' or ');
    throw new CronFault(`It never fires: there is no day ${this.dayOfMonth} in ${months}.`);
  }

  private readMonthDay(item: string): boolean {
    const text = item.toUpperCase();
    const beforeLast = /^L(?:-(\d{1,2}))?$/.exec(text);
    if (beforeLast) {
      const distance = Number(beforeLast[1] ?? 0);
      if (distance > 30) throw fault(DAY_OF_MONTH, item, 'lies before the month; L takes 0 to 30 days off');
      this.monthTests.push((day, last) => day === last - distance);
    } else if (text === 'LW')
      this.monthTests.push((day, last, weekday) => day === nearestWorkday(last, last, day, weekday));
    else if (/^\d{1,2}W$/.test(text)) {
      const wanted = readValue(DAY_OF_MONTH, item, text.slice(0, -1));
      this.monthTests.push(
        (day, last, weekday) => wanted <= last && day === nearestWorkday(wanted, last, day, weekday),
      );
    } else return false;
    return true;
  }

  private readWeekDay(item: string): boolean {
    const nth = /^([0-9a-z]+)#(\d+)$/i.exec(item);
    if (nth) {
      const wanted = readValue(DAY_OF_WEEK, item, nth[1] ?? '') % 7;
      const turn = Number(nth[2]);
      if (turn < 1 || turn > 5) throw fault(DAY_OF_WEEK, item, 'has no such turn; # takes 1 to 5');
      this.weekTests.push((day, _last, weekday) => weekday === wanted && Math.ceil(day / 7) === turn);
      return true;
    }
    const ofLast = /^([0-9a-z]+)L$/i.exec(item);
    if (!ofLast) return false;
    const wanted = readValue(DAY_OF_WEEK, item, ofLast[1] ?? '') % 7;
    this.weekTests.push((day, last, weekday) => weekday === wanted && day + 7 > last);
    return true;
  }
}

function meets(tests: readonly DayTest[], day: Date): boolean {
  if (tests.length === 0) return false;
  const last = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
  return tests.some((test) => test(day.getUTCDate(), last, day.getUTCDay()));
}

function openQuestion(text: string): string {
  return text === '?' ? '*' : text;
}

/** Monday to Friday nearest to a day, within its month. The weekday is that of `day`. */
function nearestWorkday(wanted: number, last: number, day: number, weekday: number): number {
  const ofWanted = (((weekday + wanted - day) % 7) + 7) % 7;
  if (ofWanted === 6) return wanted > 1 ? wanted - 1 : wanted + 2;
  if (ofWanted === 0) return wanted < last ? wanted + 1 : wanted - 2;
  return wanted;
}
