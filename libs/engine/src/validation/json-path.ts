const PLAIN_KEY = /^[A-Za-z_$][\w$]*$/;

/** Extends a JSON path: `steps`, `steps[2]`, `steps[2].config.url`, `headers["x-id"]`. */
export function at(path: string, ...keys: readonly (string | number)[]): string {
  let result = path;
  for (const key of keys) {
    if (typeof key === 'number') result += `[${key}]`;
    else if (!PLAIN_KEY.test(key)) result += `[${JSON.stringify(key)}]`;
    else result += result === '' ? key : `.${key}`;
  }
  return result;
}
