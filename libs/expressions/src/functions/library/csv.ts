import { rangeFault } from '../../expression.errors.js';
import { toText } from '../../runtime/coercion.js';
import { toPlain } from '../../runtime/plain-data.js';
import { jsonText } from '../../runtime/json-text.js';
import { setOwn } from '../../runtime/property.js';
import type { Runtime } from '../../runtime/runtime.js';
import { SIZE } from '../../runtime/runtime.js';
import { listArgument, textArgument } from './arguments.js';

function delimiterArgument(rt: Runtime, value: unknown): string {
  const delimiter = value === undefined ? ',' : toText(rt, value);
  if (delimiter.length === 1 && !'"\r\n'.includes(delimiter)) return delimiter;
  throw rangeFault("The delimiter must be one character, such as ',' or ';'.");
}

function field(rt: Runtime, value: unknown, delimiter: string): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? (jsonText(rt, value) ?? '') : String(value);
  const quoted = text.includes(delimiter) || /["\r\n]|^\s|\s$/.test(text);
  return quoted ? `"${text.replaceAll('"', '""')}"` : text;
}

/** CSV by RFC 4180. The header is every name that any row has, in the order of first appearance. */
export function formatCsv(rt: Runtime, value: unknown, delimiterValue: unknown): string {
  const delimiter = delimiterArgument(rt, delimiterValue);
  const rows = listArgument(rt, toPlain(rt, value), 'csv');
  const names = new Set<string>();
  for (const row of rows) {
    if (typeof row === 'object' && row !== null && !Array.isArray(row))
      for (const name of Object.keys(row)) names.add(name);
  }
  const lines: unknown[][] = names.size > 0 ? [[...names]] : [];
  for (const row of rows) {
    rt.list(names.size);
    if (Array.isArray(row)) lines.push(row);
    else
      lines.push(
        [...names].map((name) => (Object.hasOwn(row as object, name) ? (row as Record<string, unknown>)[name] : '')),
      );
  }
  let text = '';
  for (const line of lines) {
    const written = line.map((item) => field(rt, item, delimiter)).join(delimiter);
    rt.charge(written.length + 2);
    text += `${written}\r\n`;
  }
  return text;
}

export function parseCsv(rt: Runtime, [value, header, delimiterValue]: unknown[]): unknown[] {
  const delimiter = delimiterArgument(rt, delimiterValue);
  const rows = readRows(rt, textArgument(rt, value).replace(/^\ufeff/, ''), delimiter);
  if (header === false) return rows;
  const [names = [], ...records] = rows;
  return records.map((fields) => {
    const record: Record<string, unknown> = {};
    rt.allocate(SIZE.object + names.length * SIZE.property);
    rt.work(names.length);
    names.forEach((name, index) => setOwn(record, name, fields[index] ?? ''));
    return record;
  });
}

function readRows(rt: Runtime, text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let position = 0;
  while (position < text.length) {
    const [value, end] = readField(text, position, delimiter);
    rt.list(4);
    rt.charge(value.length);
    row.push(value);
    const next = text[end];
    position = end + (next === '\r' && text[end + 1] === '\n' ? 2 : 1);
    if (next === delimiter && position < text.length) continue;
    if (next === delimiter) row.push('');
    rows.push(row);
    row = [];
  }
  return rows;
}

/** One field and where it ends: at a delimiter, a line end or the end of the text. */
function readField(text: string, start: number, delimiter: string): [value: string, end: number] {
  let position = start;
  let value = '';
  if (text[position] === '"') {
    for (;;) {
      const quote = text.indexOf('"', position + 1);
      if (quote === -1) throw rangeFault('parseCsv: a quoted field is not closed.');
      value += text.slice(position + 1, quote);
      position = quote + 1;
      if (text[position] !== '"') break;
      value += '"';
    }
    start = position;
  }
  while (position < text.length && text[position] !== delimiter && text[position] !== '\n' && text[position] !== '\r')
    position++;
  return [value + text.slice(start, position), position];
}
