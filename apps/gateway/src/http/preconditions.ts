import { AppError } from '@rpa/contracts';

const ETAG = /^"([\x21\x23-\x7e]{1,128})"$/;

export function toEtag(revision: string | number): string {
  return `"${revision}"`;
}

/**
 * The revision that `If-Match` names.
 * @throws `precondition_required` without one, `stale` when it is no ETag of ours and so matches nothing
 */
export function revisionOf(header: string | string[] | undefined): string | number {
  const value = Array.isArray(header) ? header[0] : header;
  if (!value || value === '*')
    throw new AppError('precondition_required', 'Send If-Match with the ETag of what you have read.');
  const revision = ETAG.exec(value.trim())?.[1];
  if (revision === undefined)
    throw new AppError('stale', `If-Match: ${value.slice(0, 100)} is no ETag of this resource.`);
  return /^\d{1,15}$/.test(revision) ? Number(revision) : revision;
}

/** Whether the caller has this state already (`If-None-Match`). */
export function isKnown(header: string | undefined, etag: string): boolean {
  if (!header) return false;
  return header === '*' || header.split(',').some((item) => item.trim().replace(/^W\//, '') === etag);
}
