import { AppError, type Principal } from '@rpa/contracts';

/** Events name their organization by its slug, so whoever receives any must have one. */
export function slugOf(principal: Principal | null): string {
  const slug = principal?.organizationSlug;
  if (!slug || !/^[a-z0-9-]{2,40}$/.test(slug))
    throw new AppError('forbidden', 'The principal does not name the slug of its organization.');
  return slug;
}
