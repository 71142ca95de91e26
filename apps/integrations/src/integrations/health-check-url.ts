/** Where a check goes: the absolute URL that the settings name, or their path below the base. */
export function healthCheckUrlOf({
  baseUrl,
  healthCheckUrl,
}: {
  baseUrl: string;
  healthCheckUrl: string | null;
}): string {
  if (healthCheckUrl === null || healthCheckUrl === '') return baseUrl;
  if (/^[a-z][a-z0-9+.-]*:/i.test(healthCheckUrl)) return healthCheckUrl;
  return `${baseUrl.replace(/\/$/, '')}/${healthCheckUrl.replace(/^\/+/, '')}`;
}
