const SPEC = '(\\.(int-|e2e-)?spec\\.ts$|/test/|/jest/|^apps/system-e2e/)';
const APPS = '^apps/([^/]+)/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Files that need each other cannot be understood, tested or loaded one without the other.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nothing imports and that starts nothing is dead: wire it up or delete it.',
      severity: 'error',
      from: { orphan: true, pathNot: [SPEC, '\\.config\\.(ts|mjs)$', '/main\\.ts$', '\\.d\\.ts$'] },
      to: {},
    },
    {
      name: 'resolvable',
      comment: 'An import that cannot be found fails at run time.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-app-imports-app',
      comment: 'Services talk over NATS. An import would tie their releases, their data and their failures together.',
      severity: 'error',
      from: { path: APPS, pathNot: '^apps/standalone/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'no-lib-imports-app',
      comment: 'Libraries stand below the apps.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'own-entities-only',
      comment:
        'A schema belongs to one service; the others ask it. Whoever reads its tables breaks with its next migration.',
      severity: 'error',
      from: { path: APPS },
      to: { path: '^libs/entities/src/', pathNot: '^libs/entities/src/($1|tenant)/' },
    },
    {
      name: 'entities-by-service',
      comment: 'Entities of one service know nothing of those of another.',
      severity: 'error',
      from: { path: '^libs/entities/src/([^/]+)/' },
      to: { path: '^libs/entities/src/', pathNot: '^libs/entities/src/($1|tenant)/' },
    },
    {
      name: 'pure-has-no-node',
      comment: 'Engine and expressions run in the browser too, and replay must not depend on clock, disk or network.',
      severity: 'error',
      from: { path: '^libs/(engine|expressions|contracts)/src/', pathNot: SPEC },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'pure-has-no-frameworks',
      comment: 'The engine is a reducer: no Nest, no database, no bus in it.',
      severity: 'error',
      from: { path: '^libs/(engine|expressions)/src/' },
      to: { path: 'node_modules/(@nestjs|typeorm|pg|@nats-io|rxjs)/|^libs/(platform|messaging|entities|step-kit)/' },
    },
    {
      name: 'nats-in-messaging-only',
      comment: 'One place knows the client library, its failures and its limits; all others know commands and events.',
      severity: 'error',
      from: { pathNot: ['^libs/messaging/', SPEC] },
      to: { path: 'node_modules/@nats-io/' },
    },
    {
      name: 'typeorm-where-rows-are',
      comment:
        'Use cases decide, repositories store: a use case that builds queries cannot be tested without a database.',
      severity: 'error',
      from: {
        path: '^(apps|libs)/',
        pathNot: [
          '^libs/(platform|entities)/',
          '\\.repository\\.ts$',
          '/migrations/',
          '\\.module\\.ts$',
          '/start\\.ts$',
          SPEC,
        ],
      },
      to: { path: 'node_modules/(typeorm|@nestjs/typeorm)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'testing-in-tests-only',
      comment: 'Test servers and builders must never be reachable from a running service.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [SPEC, '^libs/testing/'] },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'embedded-by-standalone-only',
      comment: 'Nothing but the process that starts everything knows that PostgreSQL and NATS can be embedded.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^apps/standalone/', '^libs/(embedded|testing)/', SPEC] },
      to: { path: '^libs/embedded/' },
    },
    {
      name: 'no-code-runners',
      comment: 'node:vm is no sandbox and child processes leave every limit behind: steps and expressions use neither.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^apps/standalone/', '^libs/(embedded|testing)/', SPEC] },
      to: { path: '^(node:)?(vm|child_process|cluster|repl|inspector)$' },
    },
    {
      name: 'declared-dependencies',
      comment: 'What is not in the package.json of the project is there by luck, and gone in its image.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: SPEC },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['/dist/', '^apps/web/', '^apps/gateway/public/'] },
    combinedDependencies: false,
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.spec.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@rpa/source', 'import', 'node', 'default', 'types'],
      mainFields: ['main', 'types'],
    },
    cache: { folder: 'node_modules/.cache/dependency-cruiser', strategy: 'content' },
  },
};
