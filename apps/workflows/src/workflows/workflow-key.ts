const MAX_KEY = 64;

/** `Order import (EU)` -> `order-import-eu`; a name without Latin letters gives `workflow`. */
export function keyFromName(name: string): string {
  const key = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, MAX_KEY - 8)
    .replace(/-+$/, '');
  return key || 'workflow';
}

/** The key itself, or with the lowest number that makes it one of its own. */
export function freeKey(key: string, taken: readonly string[]): string {
  const known = new Set(taken);
  if (!known.has(key)) return key;
  let number = 2;
  while (known.has(`${key}-${number}`)) number++;
  return `${key}-${number}`;
}
