import { listAuditRecords, verifyAudit, type ListAuditRecordsRequest } from '@rpa/contracts';
import { exportAsCsv, exportAsJson } from '../audit-logs/export-audit-log.js';
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
    answer: exportAsJson,
    answers: {
      200: {
        description: 'Every record that the filters leave, sent as it is read',
        reply: { schema: { type: 'array', items: { type: 'object' } } },
      },
    },
  }),
  route({
    method: 'GET',
    path: '/audit-logs/export.csv',
    command: listAuditRecords,
    summary: 'The whole audit log, filtered, as CSV',
    request: wholeLog,
    hidden: ['limit', 'cursor'],
    answer: exportAsCsv,
    answers: {
      200: {
        description: 'A line of names and a line for every record that the filters leave',
        reply: { schema: { type: 'string' } },
        mediaTypes: ['text/csv'],
      },
    },
  }),
];

/** The filters as they came: auth checks them. */
function wholeLog({ query }: RouteInput): ListAuditRecordsRequest {
  return { ...query, limit: PAGE } as ListAuditRecordsRequest;
}
