import { Injectable } from '@nestjs/common';
import type { CapturedRequest } from '@rpa/contracts';
import { Transactions } from '@rpa/platform';
import { textOf } from '../types/webhook/read-payload.js';
import type { RequestLine } from './webhooks.repository.js';

const SHOWN = 50;

interface Row {
  id: string;
  at: Date;
  request: RequestLine;
  headers: { [name: string]: string };
  raw: Buffer;
  verdict: CapturedRequest['verdict'];
}

/** Requests that came to test URLs. */
@Injectable()
export class CapturesRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Waits for so many requests from now on, and forgets earlier ones. */
  async open(organizationId: string, triggerId: string, count: number, forMs: number): Promise<Date> {
    return this.transactions.run(async (manager) => {
      await manager.query('DELETE FROM triggers.webhook_captures WHERE organization_id = $1 AND trigger_id = $2', [
        organizationId,
        triggerId,
      ]);
      const [rows] = await manager.query<[{ until: Date }[], number]>(
        `UPDATE triggers.triggers SET capture_left = $3, capture_until = now() + $4::int * interval '1 millisecond'
          WHERE organization_id = $1 AND id = $2 RETURNING capture_until AS until`,
        [organizationId, triggerId, count, forMs],
      );
      return rows[0]?.until ?? new Date();
    });
  }

  async list(organizationId: string, triggerId: string): Promise<{ data: CapturedRequest[]; remaining: number }> {
    const { manager } = this.transactions;
    const rows = await manager.query<Row[]>(
      `SELECT id, at, request, headers, raw, verdict FROM triggers.webhook_captures
        WHERE organization_id = $1 AND trigger_id = $2 ORDER BY id DESC LIMIT ${SHOWN}`,
      [organizationId, triggerId],
    );
    const [left] = await manager.query<{ remaining: number }[]>(
      `SELECT CASE WHEN capture_until > now() THEN capture_left ELSE 0 END AS remaining
         FROM triggers.triggers WHERE organization_id = $1 AND id = $2`,
      [organizationId, triggerId],
    );
    return { data: rows.map(toCapture), remaining: left?.remaining ?? 0 };
  }
}

function toCapture({ id, at, request, headers, raw, verdict }: Row): CapturedRequest {
  const text = textOf(raw);
  const body =
    text === null
      ? { body: raw.toString('base64'), encoding: 'base64' as const }
      : { body: text, encoding: 'utf8' as const };
  return { id, at: at.toISOString(), ...request, headers, ...body, verdict };
}
