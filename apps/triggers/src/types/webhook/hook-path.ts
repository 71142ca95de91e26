/**
 * The one form of a path that is compared: no empty or `.` segments, no slash at the end, lower case.
 * @returns null for what is no path of a webhook, e.g. with `..`
 */
export function canonicalPath(path: string): string | null {
  const segments: string[] = [];
  for (const encoded of path.split('/')) {
    let segment: string;
    try {
      segment = decodeURIComponent(encoded);
    } catch {
      return null;
    }
    if (segment === '..' || /[/\\\0]/.test(segment)) return null;
    if (segment !== '' && segment !== '.') segments.push(segment.toLowerCase());
  }
  return segments.join('/');
}
