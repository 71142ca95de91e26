import type { Fault } from '@rpa/contracts';
import { isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';

/** Aliases that a text may expand to: enough to share a header block, not to blow one up. */
const MAX_ALIASES = 100;
/** Lines and entries of a text; each takes some 20 us of a thread that serves everybody else as well. */
const MAX_ENTRIES = 150_000;
const MAX_FAULTS = 20;

/** What a YAML text stands for, or every fault with its place. */
export type YamlRead = { value: unknown; faults: null } | { value: null; faults: Fault[] };

/**
 * Reads YAML 1.2 (core schema) as the JSON that it stands for, in linear time. Keys that stand twice or are no plain text,
 * unknown tags, numbers that JSON has not, and what grows out of aliases are faults.
 */
export function readYaml(text: string): YamlRead {
  const entries = text.match(/[\n,]/g)?.length ?? 0;
  if (entries > MAX_ENTRIES) {
    const message = `The YAML has ${entries} lines and entries; ${MAX_ENTRIES} are allowed. Send it as JSON.`;
    return faulty({ path: '', code: 'too_large', message });
  }
  const lineCounter = new LineCounter();
  // The library would compare each key with all before it, in quadratic time: duplicates are looked for below.
  const document = parseDocument(text, {
    uniqueKeys: false,
    merge: false,
    version: '1.2',
    schema: 'core',
    lineCounter,
  });
  // Its parser recurses; on a text that overflows the stack it reports each level.
  if (document.errors.some((error) => error.message.startsWith('Maximum call stack')))
    return faulty({ path: '', code: 'too_deep', message: 'The YAML is nested too deep.' });
  const faults = [...syntaxFaults(document), ...keyFaults(document, lineCounter)];
  if (faults.length > 0) return faulty(...faults);
  try {
    const json = JSON.stringify(document.toJS({ maxAliasCount: MAX_ALIASES }), refuseNonNumbers);
    return { value: JSON.parse(json ?? 'null') as unknown, faults: null };
  } catch (error) {
    const message = error instanceof Error ? error.message : 'The text could not be read.';
    return faulty({ path: '', code: 'invalid_yaml', message });
  }
}

function faulty(...faults: Fault[]): YamlRead {
  return { value: null, faults };
}

function refuseNonNumbers(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error('JSON has neither .inf nor .nan');
  return value;
}

function syntaxFaults(document: Document.Parsed): Fault[] {
  // A warning is an unknown tag: the value would not be what its author meant.
  return [...document.errors, ...document.warnings].slice(0, MAX_FAULTS).map((error) => ({
    path: '',
    code: 'invalid_yaml',
    message: error.message.split('\n')[0] ?? error.code,
    ...(error.linePos && { line: error.linePos[0].line, column: error.linePos[0].col }),
  }));
}

function keyFaults(document: Document.Parsed, lines: LineCounter): Fault[] {
  const faults: Fault[] = [];
  visit(document, {
    Map(_key, map) {
      if (faults.length >= MAX_FAULTS) return visit.BREAK;
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? String(key.value) : null;
        const fault =
          name === null
            ? 'A key must be a plain text.'
            : seen.has(name)
              ? `The key '${name}' stands twice here.`
              : null;
        if (name !== null) seen.add(name);
        if (fault === null) continue;
        const offset = (key as { range?: [number, number, number] } | null)?.range?.[0];
        const at = offset === undefined ? null : lines.linePos(offset);
        faults.push({
          path: '',
          code: name === null ? 'invalid_key' : 'duplicate_key',
          message: fault,
          ...(at && { line: at.line, column: at.col }),
        });
      }
      return undefined;
    },
  });
  return faults;
}
