/** What the embedded servers take from the environment of this process. */
export interface EmbeddedEnvironment {
  /** `NATS_SERVER_BIN`: path of a nats-server >= 2.14; comes before the installed one and PATH. */
  readonly natsServerBin: string | undefined;
  /** `PATH`: searched for nats-server. */
  readonly path: string;
  /** All that a server process inherits: no secret of this process reaches it. */
  readonly forServers: Readonly<Record<string, string>>;
}

export function readEmbeddedEnvironment(env: NodeJS.ProcessEnv = process.env): EmbeddedEnvironment {
  const path = env['PATH'] ?? '';
  const forServers: Record<string, string> = { PATH: path, LC_ALL: 'C', TZ: 'UTC' };
  // Windows programs do not load their system libraries without it.
  if (env['SystemRoot']) forServers['SystemRoot'] = env['SystemRoot'];
  return { natsServerBin: env['NATS_SERVER_BIN'] || undefined, path, forServers };
}
