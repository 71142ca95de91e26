const BANNED = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'manager', 'managers', 'base']);
const ROLES = new Set([
  'module',
  'controller',
  'messages',
  'entity',
  'repository',
  'config',
  'errors',
  'command',
  'event',
  'step',
  'trigger',
  'routes',
  'filter',
  'guard',
  'strategy',
  'spec',
  'int-spec',
  'e2e-spec',
]);
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Why a path below src/ or test/ breaks the house rules for names, or null. */
export function nameFault(path) {
  const parts = path.split(/[\\/]/);
  const from = parts.findIndex((part) => part === 'src' || part === 'test');
  if (from < 0) return null;
  const own = parts.slice(from + 1);
  const file = own.pop()?.replace(/\.ts$/, '') ?? '';
  const [name = '', ...roles] = file.split('.');
  for (const part of [...own, name]) {
    const words = part.split('-');
    const banned = words.find((word, index) => BANNED.has(word) && (words.length === 1 || index === words.length - 1));
    if (banned) return `'${part}' says nothing: name what it does ('${banned}' is banned).`;
    if (!KEBAB.test(part)) return `'${part}' must be kebab-case.`;
  }
  // A migration is named by its time first.
  const unknown = roles.find((role) => !ROLES.has(role));
  if (unknown) return `'.${unknown}' is no role suffix; known are ${[...ROLES].join(', ')}.`;
  if (roles.filter((role) => !role.endsWith('spec')).length > 1) return `'${file}' has more than one role suffix.`;
  return null;
}

export const fileNames = {
  meta: { type: 'problem', schema: [] },
  create: (context) => ({
    Program(node) {
      const fault = nameFault(context.filename.slice(context.cwd.length + 1));
      if (fault) context.report({ node, message: fault });
    },
  }),
};
