import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessTokens } from './access-tokens.js';

const ANONYMOUS = 'rpa:anonymous';

/** Opens a Nest route to everybody; business routes get this from their command only. */
export const Anonymous = (): MethodDecorator & ClassDecorator => SetMetadata(ANONYMOUS, true);

/** Stands before every Nest route: who has no valid token gets nothing that is not marked {@link Anonymous}. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: AccessTokens,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.getAllAndOverride<boolean>(ANONYMOUS, [context.getHandler(), context.getClass()])) return true;
    const http = context.switchToHttp();
    await this.tokens.prove(http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
    return true;
  }
}
