import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { read, ROOT, trackedFiles } from './workspace.mjs';

const EXCEPTIONS = 'tools/checks/audit-log.exceptions.json';
/** Verbs of commands that only read; whatever else a command is called, it has to say what the audit log tells. */
const READS =
  /\.(get|list|me|status|check|check-keys|exist|resolve|load|preview|versions|usage|verify|redeem|(read|find|list)(-[a-z-]+)?)$/;

/** Commands that change something and do not say what the audit log tells, or why nothing. */
export function undeclared(commands) {
  return commands
    .filter(({ audit, access, subject }) => !audit && !access.permission?.endsWith(':read') && !READS.test(subject))
    .map(({ subject }) => `${subject} changes something: give its contract 'audit' (an action, or { none: 'why' })`);
}

/** Actions that commands declare and that no source of their owner records. */
export function unrecorded(commands, sourcesOf, exceptions) {
  const faults = [];
  const used = new Set();
  for (const { audit, owner, subject } of commands) {
    if (typeof audit !== 'string') continue;
    if (sourcesOf(owner).includes(`'${audit}'`)) continue;
    if (Object.hasOwn(exceptions, audit)) used.add(audit);
    else
      faults.push(
        `'${audit}' of ${subject} is recorded nowhere in apps/${owner}/src: call Audit.record in the transaction of the change`,
      );
  }
  for (const action of Object.keys(exceptions))
    if (!used.has(action)) faults.push(`${EXCEPTIONS} lists '${action}', which needs no exception`);
  return faults;
}

/** Nothing changes without a line in the audit log: contracts say which, and handlers write it. */
export async function checkAuditLog() {
  const contracts = join(ROOT, 'libs/contracts/dist/index.js');
  if (!existsSync(contracts)) return ['the contracts are not built: build first'];
  const { COMMANDS } = await import(contracts);
  const sources = new Map();
  const sourcesOf = (owner) => {
    const known = sources.get(owner);
    if (known !== undefined) return known;
    const files = trackedFiles(`apps/${owner}/src/*.ts`).filter((file) => !/spec\.ts$/.test(file));
    const text = files.map(read).join('\n');
    sources.set(owner, text);
    return text;
  };
  return [...undeclared(COMMANDS), ...unrecorded(COMMANDS, sourcesOf, JSON.parse(read(EXCEPTIONS)))];
}
