import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { fileNames } from './tools/checks/eslint/file-names.mjs';
import { boundaries } from './tools/checks/eslint/boundaries.mjs';

const SPECS = ['**/*.spec.ts', '**/*.int-spec.ts', '**/*.e2e-spec.ts', '**/test/**', 'apps/system-e2e/src/**'];
const CONFIG_FILES = [
  '**/*.config.ts',
  '**/*.config.mjs',
  '**/*.preset*.mjs',
  '**/jest/*.mjs',
  '.dependency-cruiser.mjs',
];
const TOOLS = ['tools/**', ...CONFIG_FILES];

const NO_CODE_FROM_TEXT = [
  { selector: "CallExpression[callee.name='eval']", message: 'Code is never made from text: no eval.' },
  { selector: "NewExpression[callee.name='Function']", message: 'Code is never made from text: no new Function.' },
  { selector: "CallExpression[callee.name='Function']", message: 'Code is never made from text: no Function().' },
  { selector: 'TSEnumDeclaration', message: 'Write `const X = { ... } as const` and a union type instead of an enum.' },
];
const NO_DEFAULT_EXPORT = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: one name everywhere, and it can be found.',
};
const NO_ENVIRONMENT = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'The environment is read in *.config.ts only, where each variable has type, range and meaning.',
};
const NO_VM = { name: 'node:vm', message: 'It is no sandbox: expressions are interpreted by @rpa/expressions.' };

const NO_CHANCE = ['Date.now', 'Math.random', 'performance.now'].map((call) => ({
  selector: `MemberExpression[object.name='${call.split('.')[0]}'][property.name='${call.split('.')[1]}']`,
  message: `Replay must give the same again: no ${call}, time and seed come with the event.`,
}));
const NO_CLOCK = {
  selector: "NewExpression[callee.name='Date'][arguments.length=0]",
  message: 'Replay must give the same again: time comes with the event.',
};

/** Paths and patterns that no file may import, but those that the override names. */
const imports = (patterns = []) => [
  'error',
  {
    paths: [NO_VM, { ...NO_VM, name: 'vm' }],
    patterns: [
      { group: ['@nats-io/*'], message: 'NATS is spoken in libs/messaging only.' },
      { group: ['@rpa/*/*', '!@rpa/entities/*'], message: 'Import a project by its name; its insides are its own.' },
      ...patterns,
    ],
  },
];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '.data/**',
      '.nx/**',
      'coverage/**',
      'apps/web/**',
      'apps/gateway/public/**',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    plugins: { house: { rules: { 'file-names': fileNames } }, '@nx': nx },
    languageOptions: {
      globals: globals.node,
      parserOptions: { project: ['./tsconfig.spec.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-implied-eval': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'no-restricted-syntax': ['error', ...NO_CODE_FROM_TEXT, NO_DEFAULT_EXPORT, NO_ENVIRONMENT],
      'no-restricted-imports': imports(),
      'max-lines': ['error', { max: 250 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'anywhere' }],
      'no-console': 'error',
      'no-control-regex': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'house/file-names': 'error',
      '@nx/enforce-module-boundaries': boundaries(),
    },
  },
  {
    files: ['libs/messaging/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: [NO_VM, { ...NO_VM, name: 'vm' }] }] },
  },
  {
    // The one app that starts all others; Nx refuses imports of apps before it looks at tags.
    files: ['apps/standalone/src/**/*.ts'],
    rules: { '@nx/enforce-module-boundaries': boundaries({ mayImportApps: true }) },
  },
  {
    files: ['apps/standalone/src/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // What the environment means is decided here.
    files: ['**/*.config.ts', 'libs/platform/src/config/define-config.ts'],
    rules: { 'no-restricted-syntax': ['error', ...NO_CODE_FROM_TEXT, NO_DEFAULT_EXPORT] },
  },
  {
    // One statement after the other, as they are sent; split, nobody sees the schema any more.
    files: ['apps/*/src/migrations/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    // Reducers over tables that they have built themselves: each index is known to be there.
    files: ['libs/engine/src/**', 'libs/expressions/src/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['libs/engine/src/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...[...NO_CODE_FROM_TEXT, NO_DEFAULT_EXPORT, NO_ENVIRONMENT],
        ...[...NO_CHANCE, NO_CLOCK],
      ],
    },
  },
  {
    // `==` of the expression language is JavaScript's.
    files: ['libs/expressions/src/runtime/operators.ts'],
    rules: { eqeqeq: 'off' },
  },
  {
    files: SPECS,
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-syntax': ['error', ...NO_CODE_FROM_TEXT, NO_DEFAULT_EXPORT],
      'no-restricted-imports': ['error', { paths: [] }],
      'no-console': 'off',
    },
  },
  {
    // Compares the interpreter with the real engine: the one place where code is made from text, none of it from outside.
    files: ['libs/expressions/src/differential.spec.ts', 'libs/expressions/test/**'],
    rules: { 'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT] },
  },
  {
    files: ['**/*.mjs'],
    extends: [tseslint.configs.recommended],
    languageOptions: { globals: globals.node },
    rules: {
      'max-lines': ['error', { max: 250 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', ...NO_CODE_FROM_TEXT, NO_DEFAULT_EXPORT],
    },
  },
  { files: TOOLS, rules: { 'no-restricted-syntax': ['error', ...NO_CODE_FROM_TEXT] } },
  prettier,
);
