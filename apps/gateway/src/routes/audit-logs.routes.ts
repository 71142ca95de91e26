import { listAuditRecords, verifyAudit, type ListAuditRecordsRequest } from '@rpa/contracts';
import { AUDIT_LOG_COLUMNS } from '../audit-logs/audit-log-columns.js';
import { CSV_DOWNLOAD, downloadCsv, downloadJson, JSON_DOWNLOAD } from '../exports/download.js';
import { route, type RouteDefinition, type RouteInput } from '../http/define-route.js';

const PAGE = 1_000;

export const AUDIT_LOG_ROUTES: readonly RouteDefinition[] = [
  route({ method: 'GET', path: '/audit-logs', command: listAuditRecords }),
  route({ method: 'GET', path: '/audit-logs/verify', command: verifyAudit }),
  route({
    method: 'GET',
    path: '/audit-logs/export.json',
    command: listAuditRecords,
    summary: 'The whole audit log, filtered, as a JSON array',
    request: wholeLog,
    hidden: ['limit', 'cursor'],
    answer: (first, again) => downloadJson('audit-log', first, (cursor) => again({ cursor })),
    answers: { 200: JSON_DOWNLOAD },
  }),
  route({
    method: 'GET',
    path: '/audit-logs/export.csv',
    command: listAuditRecords,
    summary: 'The whole audit log, filtered, as CSV',
    request: wholeLog,
    hidden: ['limit', 'cursor'],
    answer: (first, again) => downloadCsv('audit-log', AUDIT_LOG_COLUMNS, first, (cursor) => again({ cursor })),
    answers: { 200: CSV_DOWNLOAD },
  }),
];

/** The filters as they came: auth checks them. */
function wholeLog({ query }: RouteInput): ListAuditRecordsRequest {
  return { ...query, limit: PAGE } as ListAuditRecordsRequest;
}
