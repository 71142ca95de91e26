import {
  databaseVariables,
  defineConfig,
  integer,
  optionalText,
  serviceVariables,
  text,
  type ConfigOf,
} from '@rpa/platform';

export const storageConfig = defineConfig({
  ...serviceVariables('storage', 3010),
  ...databaseVariables(3),
  dir: text('STORAGE_DIR', { description: 'Folder of the files; must survive a restart', default: '.data/files' }),
  filesHost: text('STORAGE_FILES_HOST', {
    description: 'Address that the door for bytes listens on; other services only',
    default: '127.0.0.1',
  }),
  filesPort: integer('STORAGE_FILES_PORT', {
    description: 'Port of the door for bytes; 0 takes a free one',
    default: 0,
    min: 0,
    max: 65_535,
  }),
  filesUrl: optionalText('STORAGE_FILES_URL', {
    description: 'Where the other services reach the door for bytes; default: its own address and port',
  }),
  maxFileBytes: integer('STORAGE_MAX_FILE_BYTES', {
    description: 'Largest file that is taken, in bytes',
    default: 256 * 1024 * 1024,
    min: 1024 * 1024,
    max: 1024 ** 4,
  }),
  maxTransfers: integer('STORAGE_MAX_TRANSFERS', {
    description: 'Files that are sent and taken at once; more are answered with 503',
    default: 64,
    min: 1,
    max: 10_000,
  }),
});
export type StorageConfig = ConfigOf<typeof storageConfig.variables>;
