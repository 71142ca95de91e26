const PREFIX = '/api/v1/auth/oidc';

/** Where providers send browsers back to; to be registered there. */
export function callbackUrl(publicUrl: string): string {
  return `${publicUrl}${PREFIX}/callback`;
}

export function loginPath(organizationSlug: string, providerKey: string): string {
  return `${PREFIX}/${organizationSlug}/${providerKey}/login`;
}
