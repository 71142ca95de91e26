const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `date.toDateString()` of a process whose time zone is UTC. */
export function datePart(date: Date): string {
  if (Number.isNaN(date.getTime())) return 'Invalid Date';
  const year = date.getUTCFullYear();
  const digits = `${year < 0 ? '-' : ''}${pad(Math.abs(year), 4)}`;
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${pad(date.getUTCDate(), 2)} ${digits}`;
}

/** `date.toTimeString()` of a process whose time zone is UTC. */
export function timePart(date: Date): string {
  if (Number.isNaN(date.getTime())) return 'Invalid Date';
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map((part) => pad(part, 2)).join(':');
  return `${clock} GMT+0000 (Coordinated Universal Time)`;
}

/** `date.toString()` of a process whose time zone is UTC. */
export function dateText(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'Invalid Date' : `${datePart(date)} ${timePart(date)}`;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
