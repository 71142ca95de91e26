/** Who may depend on whom, by the tags in each package.json (nx.tags). */
const CONSTRAINTS = [
  ['type:contract', []],
  ['type:pure', ['type:contract', 'type:pure']],
  ['type:entities', []],
  ['type:transport', ['type:contract']],
  ['type:platform', ['type:contract', 'type:transport']],
  ['type:step-kit', ['type:contract', 'type:transport']],
  ['type:embedded', []],
  ['type:testing', ['type:contract', 'type:embedded']],
  ['type:app', ['type:contract', 'type:pure', 'type:entities', 'type:transport', 'type:platform', 'type:step-kit']],
  ['type:standalone', ['type:contract', 'type:transport', 'type:platform', 'type:embedded', 'type:app']],
  ['type:e2e', ['type:contract', 'type:transport', 'type:platform', 'type:testing']],
];

/** Setting of `@nx/enforce-module-boundaries`; tests may use `type:testing` besides (dependency-cruiser keeps it to them). */
export function boundaries({ mayImportApps = false } = {}) {
  return [
    'error',
    {
      enforceBuildableLibDependency: false,
      // Tests of an app come in by its front door.
      allowCircularSelfDependency: true,
      // The set-up of a test run builds them before it loads them.
      checkDynamicDependenciesExceptions: ['@rpa/contracts', '@rpa/embedded'],
      allow: mayImportApps ? ['@rpa/*'] : [],
      depConstraints: CONSTRAINTS.map(([sourceTag, tags]) => ({
        sourceTag,
        onlyDependOnLibsWithTags: [...tags, 'type:testing'],
      })),
    },
  ];
}
