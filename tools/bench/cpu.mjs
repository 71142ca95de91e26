/** What processes have used, from Linux's /proc; elsewhere nothing is known and the figures are left out. */
import { readFileSync, readdirSync } from 'node:fs';

const TICK_US = 10_000;

function readStat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name may hold blanks; the fields after it do not.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [parent, own, ended] = [fields[1], +fields[11] + +fields[12], +fields[13] + +fields[14]];
    return { pid, parent: Number(parent), own: own * TICK_US, ended: ended * TICK_US };
  } catch {
    return undefined;
  }
}

function readTable() {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readStat(Number(pid))).filter(Boolean);
}

function familyOf(table, root) {
  const family = new Set([root]);
  for (let before = 0; before !== family.size;) {
    before = family.size;
    for (const { pid, parent } of table) if (family.has(parent)) family.add(pid);
  }
  return family;
}

/** CPU time in microseconds of each named process with all its children, those that have ended among them. */
export function readCpu(processes) {
  if (process.platform !== 'linux') return {};
  const table = readTable();
  const { user, system } = process.cpuUsage();
  const used = { driver: user + system };
  for (const [name, root] of Object.entries(processes)) {
    const family = familyOf(table, root);
    const members = table.filter(({ pid }) => family.has(pid));
    used[name] = members.reduce((sum, { pid, own, ended }) => sum + own + (pid === root ? ended : 0), 0);
  }
  return used;
}

/** Memory of a process with its children, shared pages counted in parts, in MiB. */
export function readMemory(root) {
  if (process.platform !== 'linux') return null;
  let kilobytes = 0;
  for (const pid of familyOf(readTable(), root)) {
    try {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    } catch {
      // It has ended, or belongs to somebody else.
    }
  }
  return Math.round(kilobytes / 1024);
}
