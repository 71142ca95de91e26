import { randomInt } from 'node:crypto';

const MAX_LENGTH = 40;
const NUMBERED = 9;
const RANDOM = 20;

/** Slugs for a name, best first: `acme`, `acme-2`, ... and at last `acme-` with random letters. */
export function* slugCandidates(name: string): Generator<string> {
  const slug = slugOf(name);
  yield slug;
  for (let number = 2; number <= NUMBERED; number++) yield withSuffix(slug, String(number));
  for (let tries = 0; tries < RANDOM; tries++) yield withSuffix(slug, randomInt(36 ** 6).toString(36));
}

function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^-+|-+$/g, '');
  return slug.length >= 2 ? slug : `org${slug && `-${slug}`}`;
}

function withSuffix(slug: string, suffix: string): string {
  return `${slug.slice(0, MAX_LENGTH - suffix.length - 1)}-${suffix}`;
}
