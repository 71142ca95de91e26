import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { apps, read, ROOT, trackedFiles } from './workspace.mjs';

/** What a service answers for, hears and says, how it is set and run by itself. */
const HEADINGS = { Owns: /\bowns?\b|meaning/, Subjects: /subjects/, Configuration: /configuration/, Alone: /alone/ };
const ADR_HEADINGS = ['Context', 'Options', 'Decision', 'Consequences'];
const MACHINE_PATH = /(?:^|[\s"'`(=])(\/(?:work|root|Users)\/\S*|\/home\/(?!node\b)\S*|[A-Z]:\\Users\\\S*)/gm;

const headingsOf = (text) => [...text.matchAll(/^#{1,3}\s+(.*)$/gm)].map((match) => match[1].trim().toLowerCase());

/** Each app says what it owns, hears and says, how it is configured and run alone. */
export function checkReadmes() {
  return apps().flatMap((app) => {
    const file = `apps/${app}/README.md`;
    if (!existsSync(join(ROOT, file))) return [`${file} is missing`];
    const text = read(file);
    const headings = headingsOf(text);
    const wanted = app === 'standalone' ? ['Configuration'] : Object.keys(HEADINGS);
    const faults = wanted
      .filter((wish) => !headings.some((heading) => HEADINGS[wish].test(heading)))
      .map((wish) => `${file}: no heading '${wish}'`);
    const keepsRows = existsSync(join(ROOT, 'apps', app, 'src', 'migrations'));
    if (keepsRows && !/\btables?\b/i.test(text)) faults.push(`${file}: does not name its tables`);
    return faults;
  });
}

/** Decisions have one form, and the index names each. */
export function checkDecisions() {
  const index = read('docs/adr/README.md');
  return trackedFiles('docs/adr/*.md')
    .filter((file) => !file.endsWith('README.md'))
    .flatMap((file) => {
      const text = read(file);
      const headings = headingsOf(text);
      const faults = ADR_HEADINGS.filter((wish) => !headings.includes(wish.toLowerCase())).map(
        (wish) => `no heading '${wish}'`,
      );
      if (!/^(#+ )?\**status\b/im.test(text)) faults.push('no status');
      if (!index.includes(file.slice('docs/adr/'.length))) faults.push('not in the index');
      return faults.map((fault) => `${file}: ${fault}`);
    });
}

const withoutCode = (text) => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');

/** Links inside the repository lead somewhere. */
export function checkLinks() {
  return trackedFiles('*.md').flatMap((file) =>
    [...withoutCode(read(file)).matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)/g)]
      .filter(([, target]) => !existsSync(join(ROOT, dirname(file), decodeURIComponent(target))))
      .map(([, target]) => `${file}: the link to '${target}' leads nowhere`),
  );
}

/** No file knows the machine that it was written on. */
export function checkMachinePaths() {
  return trackedFiles('*.md', '*.json', '*.yml', '*.yaml', '*.mjs', '*.ts', 'docker/*')
    .filter((file) => file !== 'package-lock.json' && !file.startsWith('tools/checks/'))
    .flatMap((file) =>
      [...read(file).matchAll(MACHINE_PATH)].map(([, path]) => `${file}: the machine's own path ${path}`),
    );
}
