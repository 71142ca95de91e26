import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Controller, Get, Header, Inject, Param, Req, Res } from '@nestjs/common';
import { AppError } from '@rpa/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
// @ts-expect-error -- the package brings no types
import swaggerUiFolder from 'swagger-ui-dist/absolute-path.js';
import { Anonymous } from '../access/access.guard.js';
import { isKnown, toEtag } from '../http/preconditions.js';
import { ROUTE_TABLE, type RouteTable } from '../http/route-table.js';
import { openApiDocument } from './openapi-document.js';

const SWAGGER_UI = (swaggerUiFolder as () => string)();
const PUBLIC = fileURLToPath(new URL('../../public/', import.meta.url));

/** The only files that are served; everything comes from this server. */
const ASSETS: Readonly<Record<string, { file: string; type: string }>> = {
  'swagger-ui.css': { file: join(SWAGGER_UI, 'swagger-ui.css'), type: 'text/css; charset=utf-8' },
  'swagger-ui-bundle.js': { file: join(SWAGGER_UI, 'swagger-ui-bundle.js'), type: 'text/javascript; charset=utf-8' },
  'docs.js': { file: join(PUBLIC, 'docs.js'), type: 'text/javascript; charset=utf-8' },
};

interface Asset {
  body: Buffer;
  etag: string;
  type: string;
}

/** The API documentation: a page, its assets, and the OpenAPI document. */
@Anonymous()
@Controller('docs')
export class DocsController {
  private readonly page = readFileSync(join(PUBLIC, 'docs.html'), 'utf8');
  private readonly document: string;
  private readonly assets = new Map<string, Asset>();

  constructor(@Inject(ROUTE_TABLE) table: RouteTable) {
    this.document = JSON.stringify(openApiDocument(table));
  }

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  show(): string {
    return this.page;
  }

  @Get('openapi.json')
  @Header('content-type', 'application/json; charset=utf-8')
  read(): string {
    return this.document;
  }

  @Get('assets/:name')
  asset(@Param('name') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { body, etag, type } = this.load(name);
    reply.header('etag', etag).header('cache-control', 'public, max-age=3600');
    if (isKnown(request.headers['if-none-match'], etag)) reply.code(304).send();
    else reply.type(type).send(body);
  }

  private load(name: string): Asset {
    const known = this.assets.get(name);
    if (known) return known;
    const source = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
    if (!source) throw new AppError('not_found');
    const body = readFileSync(source.file);
    const etag = toEtag(createHash('sha256').update(body).digest('base64url').slice(0, 22));
    const asset = { body, etag, type: source.type };
    this.assets.set(name, asset);
    return asset;
  }
}
