import { AppError } from '@rpa/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readJson, readText } from './read-json.js';
import { readYaml } from './read-yaml.js';

const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml'];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes YAML as well as JSON. */
    yaml?: boolean;
    /** Media types that the route reads as JSON beside `application/json`. */
    jsonTypes?: readonly string[];
    /** Largest body in bytes. */
    bodyLimit?: number;
  }
}

/** Replaces Fastify's parsers: JSON everywhere, YAML where a route takes it, nothing else (415). */
export function readBodies(server: FastifyInstance, defaultLimit: number): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      refuseEncoding(request);
      return body.length === 0 ? undefined : readJson(readText(body));
    },
  );
  server.addContentTypeParser(
    /^application\/[a-z0-9.-]+\+json(;|$)/,
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      refuseEncoding(request);
      const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
      if (!request.routeOptions.config.jsonTypes?.includes(type))
        throw new AppError('unsupported_media_type', 'This route takes JSON (application/json).');
      return readJson(readText(body));
    },
  );
  server.addContentTypeParser(YAML_TYPES, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    refuseEncoding(request);
    const { yaml, bodyLimit = defaultLimit } = request.routeOptions.config;
    if (!yaml) throw new AppError('unsupported_media_type', 'This route takes JSON (application/json).');
    return readYaml(readText(body), bodyLimit);
  });
}

/** A compressed body could be larger than any limit once inflated. */
function refuseEncoding(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding'];
  if (encoding && encoding !== 'identity')
    throw new AppError('unsupported_media_type', `The content encoding '${encoding}' is not supported.`);
}
