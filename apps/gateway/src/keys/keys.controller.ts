import { Controller, Get, Header } from '@nestjs/common';
import { Identity } from '@rpa/platform';
import { Anonymous } from '../access/access.guard.js';

/** Public halves of the keys that sign access tokens, so that others can check these too (RFC 7517). */
@Anonymous()
@Controller('api/v1/auth/jwks')
export class KeysController {
  constructor(private readonly identity: Identity) {}

  /** Keys that were replaced stay until their last token has expired. */
  @Get()
  @Header('content-type', 'application/jwk-set+json')
  @Header('cache-control', 'public, max-age=300')
  async list(): Promise<string> {
    return JSON.stringify({ keys: await this.identity.keysOfAuth() });
  }
}
