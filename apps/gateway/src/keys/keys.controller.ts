import { Controller, Get, Header } from '@nestjs/common';
import { Identity } from '@rpa/platform';
import { Anonymous } from '../access/access.guard.js';

/** Public halves of the keys that sign access tokens, so that others can check these too (RFC 7517). */
@Anonymous()
@Controller('api/v1/auth/jwks')
export class KeysController {
  private readonly keys: object[];

  constructor(identity: Identity) {
    this.keys = identity.trustedKeys.keys.filter((key) => key.kid?.startsWith('auth:'));
  }

  @Get()
  @Header('content-type', 'application/jwk-set+json')
  @Header('cache-control', 'public, max-age=300')
  list(): string {
    return JSON.stringify({ keys: this.keys });
  }
}
