import { read } from './workspace.mjs';

const REGISTRY = 'https://registry.npmjs.org/';

/** A lock without the binaries of other platforms breaks there; one that names another registry breaks everywhere else. */
export function checkLockFile() {
  const { packages } = JSON.parse(read('package-lock.json'));
  const faults = [];
  for (const [path, entry] of Object.entries(packages)) {
    for (const name of Object.keys(entry.optionalDependencies ?? {}))
      if (!resolves(packages, path, name)) faults.push(`${path || 'the root'}: no entry for its optional ${name}`);
    if (entry.link || !entry.resolved) continue;
    if (!entry.resolved.startsWith(REGISTRY)) faults.push(`${path}: resolved outside of the public registry`);
    else if (!entry.integrity) faults.push(`${path}: no integrity`);
  }
  return faults;
}

/** As Node looks for it: beside the package, then one node_modules further up. */
function resolves(packages, path, name) {
  for (let from = path; ; from = from.slice(0, Math.max(0, from.lastIndexOf('/')))) {
    if (packages[`${from}${from ? '/' : ''}node_modules/${name}`]) return true;
    if (from === '') return false;
  }
}
