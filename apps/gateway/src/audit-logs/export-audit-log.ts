import { Readable } from 'node:stream';
import type { AuditRecordView, ListAuditRecordsReply, ListAuditRecordsRequest } from '@rpa/contracts';
import { stringify } from 'csv-stringify/sync';
import type { Again, RouteAnswer } from '../http/define-route.js';

type More = Again<ListAuditRecordsRequest, ListAuditRecordsReply>;

const COLUMNS = [
  'seq',
  'at',
  'service',
  'action',
  'actor_kind',
  'actor_id',
  'actor_name',
  'resource_type',
  'resource_id',
  'resource_name',
  'before',
  'after',
  'ip',
  'user_agent',
  'trace_id',
  'request_id',
  'id',
  'hash',
] as const;

/** The whole log as a JSON array, page by page: neither side ever holds more than one page. */
export function exportAsJson(first: ListAuditRecordsReply, more: More): RouteAnswer {
  return download('json', 'application/json; charset=utf-8', Readable.from(jsonOf(first, more)));
}

/** The same as CSV (RFC 4180) with a line of names; spreadsheets run no formula that somebody planted in a name. */
export function exportAsCsv(first: ListAuditRecordsReply, more: More): RouteAnswer {
  return download('csv', 'text/csv; charset=utf-8; header=present', Readable.from(csvOf(first, more)));
}

function download(extension: string, contentType: string, body: Readable): RouteAnswer {
  const disposition = `attachment; filename="audit-log.${extension}"`;
  return { status: 200, headers: { 'content-type': contentType, 'content-disposition': disposition }, body };
}

async function* pages(first: ListAuditRecordsReply, more: More): AsyncGenerator<AuditRecordView[]> {
  for (let page = first; ; page = await more({ cursor: page.nextCursor })) {
    if (page.data.length > 0) yield page.data;
    if (page.nextCursor === null) return;
  }
}

async function* jsonOf(first: ListAuditRecordsReply, more: More): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const records of pages(first, more)) {
    yield separator + records.map((record) => JSON.stringify(record)).join(',\n');
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

async function* csvOf(first: ListAuditRecordsReply, more: More): AsyncGenerator<string> {
  yield toCsv([[...COLUMNS]]);
  for await (const records of pages(first, more)) yield toCsv(records.map(toRow));
}

function toCsv(rows: unknown[][]): string {
  return stringify(rows, { escape_formulas: true, record_delimiter: 'windows' });
}

function toRow({ actor, resource, ...record }: AuditRecordView): unknown[] {
  const json = (value: object | null): string => (value === null ? '' : JSON.stringify(value));
  const { seq, at, service, action, ip, userAgent, traceId, requestId, id, hash } = record;
  const who = [actor.kind, actor.id, actor.name];
  const what = [resource.type, resource.id, resource.name];
  const change = [json(record.before), json(record.after)];
  return [seq, at, service, action, ...who, ...what, ...change, ip, userAgent, traceId, requestId, id, hash];
}
