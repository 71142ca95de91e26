import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import type { DocumentedAnswer, RouteAnswer } from '../http/define-route.js';

/** Names of columns, and how each reads its value. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => unknown>>;

export interface Page<Row> {
  data: readonly Row[];
  nextCursor: string | null;
}

/** All pages as a JSON array, sent as they are read: neither side ever holds more than one. */
export function downloadJson<Row>(
  name: string,
  first: Page<Row>,
  more: (cursor: string) => Promise<Page<Row>>,
): RouteAnswer {
  return download(`${name}.json`, 'application/json; charset=utf-8', jsonOf(first, more));
}

/** All pages as CSV (RFC 4180) with a line of names; spreadsheets run no formula that somebody planted in a text. */
export function downloadCsv<Row>(
  name: string,
  columns: Columns<Row>,
  first: Page<Row>,
  more: (cursor: string) => Promise<Page<Row>>,
): RouteAnswer {
  return download(`${name}.csv`, 'text/csv; charset=utf-8; header=present', csvOf(columns, first, more));
}

/** For the documentation of routes that download. */
export const JSON_DOWNLOAD: DocumentedAnswer = {
  description: 'Every row, sent as it is read',
  reply: { schema: { type: 'array', items: { type: 'object' } } },
};
export const CSV_DOWNLOAD: DocumentedAnswer = {
  description: 'A line of names and a line for every row, sent as they are read',
  reply: { schema: { type: 'string' } },
  mediaTypes: ['text/csv'],
};

function download(filename: string, contentType: string, chunks: AsyncGenerator<string>): RouteAnswer {
  const headers = { 'content-type': contentType, 'content-disposition': `attachment; filename="${filename}"` };
  return { status: 200, headers, body: Readable.from(chunks) };
}

async function* pages<Row>(
  first: Page<Row>,
  more: (cursor: string) => Promise<Page<Row>>,
): AsyncGenerator<readonly Row[]> {
  for (let page = first; ; page = await more(page.nextCursor)) {
    if (page.data.length > 0) yield page.data;
    if (page.nextCursor === null) return;
  }
}

async function* jsonOf<Row>(first: Page<Row>, more: (cursor: string) => Promise<Page<Row>>): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const rows of pages(first, more)) {
    yield separator + rows.map((row) => JSON.stringify(row)).join(',\n');
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

async function* csvOf<Row>(
  columns: Columns<Row>,
  first: Page<Row>,
  more: (cursor: string) => Promise<Page<Row>>,
): AsyncGenerator<string> {
  const readers = Object.values(columns);
  yield toCsv([Object.keys(columns)]);
  for await (const rows of pages(first, more)) yield toCsv(rows.map((row) => readers.map((read) => read(row))));
}

function toCsv(rows: unknown[][]): string {
  return stringify(rows, { escape_formulas: true, record_delimiter: 'windows' });
}
