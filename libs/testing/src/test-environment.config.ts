/** What the global set-up of the test run tells the tests. */
export interface TestEnvironment {
  /** Superuser of the shared PostgreSQL. */
  readonly databaseUrl: string;
  readonly natsUrl: string;
  readonly natsPasswordPrefix: string;
  /** Removed at the end of the run; servers below it are ended. */
  readonly dir: string;
}

export function readTestEnvironment(env: NodeJS.ProcessEnv = process.env): TestEnvironment {
  const read = (name: string): string => {
    const value = env[name];
    if (value) return value;
    throw new Error(`${name} is not set: let the project's jest.config.mjs spread jest.preset-services.mjs.`);
  };
  return {
    databaseUrl: read('TEST_DATABASE_URL'),
    natsUrl: read('TEST_NATS_URL'),
    natsPasswordPrefix: read('TEST_NATS_PASSWORD_PREFIX'),
    dir: read('TEST_DIR'),
  };
}
