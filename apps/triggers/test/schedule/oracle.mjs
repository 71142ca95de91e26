/** When a cron expression fires, found out without any cleverness: minute by minute, on the clocks that Intl shows. */
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const HALF_DAY = 720;
/** Looks at the clocks twice a day, and at every minute of those half days in which they are put. */
function readChanges(zone, from, to) {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const offset = (minute) => {
    const at = from + minute * MINUTE;
    return (Date.parse(`${format.format(at).replace(' ', 'T')}Z`) - at) / MINUTE;
  };
  const minutes = (to - from) / MINUTE;
  let known = offset(0);
  const changes = [[0, known]];
  for (let start = 0; start < minutes; start += HALF_DAY) {
    if (offset(start + HALF_DAY) === known) continue;
    for (let minute = start; minute <= start + HALF_DAY; minute++) {
      const now = offset(minute);
      if (now !== known) changes.push([minute, now]);
      known = now;
    }
  }
  return changes;
}
/** What the clocks show at each minute, in minutes. */
function wallMinutes(changes, from, to) {
  const wall = new Int32Array((to - from) / MINUTE);
  for (const [index, [start, offset]] of changes.entries()) {
    const end = Math.min(wall.length, changes[index + 1]?.[0] ?? wall.length);
    for (let minute = start; minute < end; minute++) wall[minute] = from / MINUTE + minute + offset;
  }
  return wall;
}
function meansDate(dayOfMonth, month, dayOfWeek, at) {
  if (!month.split(',').some((item) => named(item, MONTHS, at.getUTCMonth() + 1, 12))) return false;
  const inMonth = dayOfMonth.split(',').some((item) => dayOfMonthMeans(item, at));
  const inWeek = dayOfWeek.split(',').some((item) => dayOfWeekMeans(item, at));
  const free = (text) => text.startsWith('*') || text === '?';
  return free(dayOfMonth) || free(dayOfWeek) ? inMonth && inWeek : inMonth || inWeek;
}
const MONTHS = ['', 'JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
function named(item, names, value, max) {
  const numbers = item.replace(/[A-Z]+/g, (name) => String(names.indexOf(name)));
  return plain(numbers, value, max);
}
function plain(text, value, max) {
  return text.split(',').some((item) => {
    const [range = '', step] = item.split('/');
    const [low = '', high] = range === '*' || range === '?' ? ['0', String(max)] : range.split('-');
    const top = high ?? (step ? String(max) : low);
    const from = range === '*' && max !== 59 && max !== 23 && max !== 6 ? 1 : Number(low);
    return value >= from && value <= Number(top) && (value - from) % Number(step ?? 1) === 0;
  });
}
const shifted = (at, days) => new Date(at.getTime() + days * DAY);
const isLast = (at) => shifted(at, 1).getUTCDate() === 1;
const isWorkday = (at) => at.getUTCDay() > 0 && at.getUTCDay() < 6;
function dayOfMonthMeans(item, at) {
  const beforeLast = /^L(?:-(\d+))?$/.exec(item);
  if (beforeLast) return isLast(shifted(at, Number(beforeLast[1] ?? 0)));
  if (!item.endsWith('W')) return plain(item, at.getUTCDate(), 31);
  if (!isWorkday(at)) return false;
  // Looks for the wanted day around this one, and whether no workday of the month is nearer to it.
  for (const distance of [0, 1, -1, 2, -2]) {
    const wanted = shifted(at, distance);
    if (wanted.getUTCMonth() !== at.getUTCMonth()) continue;
    const isWanted = item === 'LW' ? isLast(wanted) : wanted.getUTCDate() === Number(item.slice(0, -1));
    if (!isWanted) continue;
    const nearest = [0, 1, -1, 2, -2]
      .map((away) => shifted(wanted, away))
      .find((day) => isWorkday(day) && day.getUTCMonth() === wanted.getUTCMonth());
    return nearest?.getUTCDate() === at.getUTCDate();
  }
  return false;
}
function dayOfWeekMeans(item, at) {
  const text = item.replace(/[A-KM-Z][A-Z]{2}|SUN/g, (name) => String(DAYS.indexOf(name)));
  const day = at.getUTCDay();
  const nth = /^(\d)#(\d)$/.exec(text);
  if (nth) {
    let count = 0;
    for (let back = 0; shifted(at, -7 * back).getUTCMonth() === at.getUTCMonth(); back++) count++;
    return day === Number(nth[1]) % 7 && count === Number(nth[2]);
  }
  if (text.endsWith('L')) return day === Number(text[0]) % 7 && shifted(at, 7).getUTCMonth() !== at.getUTCMonth();
  return plain(text, day, 6) || (day === 0 && /\b7\b/.test(text));
}
/** Every wall minute that an expression of five fields means, whatever the zone. */
function meantMinutes(expression, from, to) {
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = expression.split(' ');
  const first = from / MINUTE;
  const meant = new Uint8Array((to - from) / MINUTE);
  const ofDay = Array.from(
    { length: 1_440 },
    (_, at) => plain(minute, at % 60, 59) && plain(hour, Math.floor(at / 60), 23),
  );
  for (let day = 0; day < meant.length; day += 1_440) {
    if (!meansDate(dayOfMonth, month, dayOfWeek, new Date((first + day) * MINUTE))) continue;
    for (let at = 0; at < 1_440; at++) if (ofDay[at]) meant[day + at] = 1;
  }
  return meant;
}
/** Real minutes at which it fires. With every hour: what the clocks show. Else each wall minute once, gaps moved on. */
function firesAt(wall, meant, firstWall, realTime) {
  const fires = new Uint8Array(wall.length);
  let shown = (wall[0] ?? 0) - 1;
  for (let minute = 0; minute < wall.length; minute++) {
    const now = wall[minute] ?? 0;
    if (realTime) {
      if (meant[now - firstWall]) fires[minute] = 1;
      continue;
    }
    for (let missing = shown + 1; missing < now; missing++)
      if (meant[missing - firstWall]) fires[minute + missing - shown - 1] = 1;
    if (now <= shown) continue;
    if (meant[now - firstWall]) fires[minute] = 1;
    shown = now;
  }
  const list = [];
  for (let minute = 0; minute < fires.length; minute++) if (fires[minute]) list.push(minute);
  return list;
}

/** With every hour, with certain hours, with L, W and #; many of them where clocks are put. */
export const EXPRESSIONS = [
  '0 * * * *',
  '30 * * * *',
  '45 * 1-7 * *',
  '59 0-23 * * SUN',
  '*/20 * * 3,10,11 SUN',
  '*/15 */1 * 4 SUN,7',
  '30 2 * * *',
  '0 2 * * *',
  '59 1 * * *',
  '0 3 * * *',
  '0,30 1-3 * * *',
  '*/10 2 * * SUN',
  '* 2 * 3 SUN',
  '* 0-4 25-31 10 *',
  '0 0 * * *',
  '1 0 * * *',
  '30 0 * * *',
  '0 1 * * *',
  '30 23 * * *',
  '59 23 * * *',
  '0 */2 * * *',
  '15 */3 * * *',
  '30 2-22/4 * * *',
  '0 9 * * MON-FRI',
  '0 9 1 * *',
  '0 9 15 * FRI',
  '0 2 L * *',
  '30 2 L-2 * *',
  '0 0 LW * *',
  '0 2 15W * *',
  '30 1 1W * *',
  '0 2 * * 0L',
  '30 2 ? 3,10 7#4',
  '0 2 ? * SUN#2',
  '0 1 ? 4,11 0#1',
  '0 12 29 2 *',
  '15 14 1,15 1-6/2 *',
  '5 4 * JAN-MAR,OCT SUN,SAT',
  '0 0 1 1 *',
  '30 22 * * 5L',
];

/** What each of {@link EXPRESSIONS} means on walls from two days before `from` to two days after `to`. */
export function meantByAll(from, to) {
  return EXPRESSIONS.map((expression) => meantMinutes(expression, from - 2 * DAY, to + 2 * DAY));
}

/**
 * Compares what fires in one zone with what the clocks show.
 * @param makeCron makes what is compared: `next(after)` answers an instant
 * @param known fires by what the clocks do, kept between zones
 */
export function compareZone(name, { from, to, meant, known, makeCron }) {
  const changes = readChanges(name, from, to);
  const signature = JSON.stringify(changes);
  let lists = known.get(signature);
  if (!lists) {
    const wall = wallMinutes(changes, from, to);
    lists = EXPRESSIONS.map((expression, index) => {
      const realTime = ['*', '*/1', '0-23'].includes(expression.split(' ')[1]);
      return firesAt(wall, meant[index], from / MINUTE - 2_880, realTime);
    });
    known.set(signature, lists);
  }
  const differences = [];
  let fires = 0;
  for (const [index, expression] of EXPRESSIONS.entries()) {
    const cron = makeCron(expression, name);
    const instants = lists[index].map((minute) => from + minute * MINUTE);
    fires += instants.length;
    let at = from - 1;
    const wrong = instants.find((instant) => (at = cron.next(at)) !== instant);
    const show = (instant) => (instant === null ? 'nothing' : new Date(instant).toISOString());
    if (wrong !== undefined) differences.push(`${name} '${expression}': ${show(at)}, not ${show(wrong)}`);
    else if ((cron.next(at) ?? to) < to)
      differences.push(`${name} '${expression}': one more at ${show(cron.next(at))}`);
  }
  return { differences, fires };
}
