import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Where something lies, and what. */
export interface Straw {
  place: string;
  bytes: Buffer;
}

/** Every file below a folder but those in `without`: tables, write-ahead log, streams and files as they lie on the disk. */
export function* filesOf(folder: string, without: readonly string[], root = folder): Iterable<Straw> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const place = relative(root, path);
    if (without.includes(place)) continue;
    if (entry.isDirectory()) yield* filesOf(path, without, root);
    else if (entry.isFile()) yield { place, bytes: readFileSync(path) };
  }
}

/** `<place>: <name>` for each secret that stands somewhere, plain or in base64. */
export function find(secrets: ReadonlyMap<string, string>, straws: Iterable<Straw>): string[] {
  const found: string[] = [];
  const needles = [...secrets].flatMap(([name, secret]) => [
    { name, bytes: Buffer.from(secret) },
    {
      name: `${name} (base64)`,
      bytes: Buffer.from(Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -1)),
    },
  ]);
  for (const { place, bytes } of straws)
    for (const needle of needles) if (bytes.includes(needle.bytes)) found.push(`${place}: ${needle.name}`);
  return found;
}
