import { Controller, Get, Res } from '@nestjs/common';
import type { Readiness } from '@rpa/platform';
import type { FastifyReply } from 'fastify';
import { Anonymous } from '../access/access.guard.js';
import { VERSION } from '../docs/version.js';
import { PlatformHealth, type ServiceHealth } from './platform-health.js';

/** Unversioned, so that probes never have to move. */
@Anonymous()
@Controller('api/health')
export class HealthController {
  constructor(private readonly health: PlatformHealth) {}

  /** Always 200: a summary to look at, not a probe. */
  @Get()
  async summary(): Promise<{ status: string; version: string; services: Record<string, ServiceHealth> }> {
    const { status } = await this.health.readiness();
    return { status: status === 'ready' ? 'ok' : 'degraded', version: VERSION, services: await this.health.services() };
  }

  @Get('live')
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const readiness = await this.health.readiness();
    if (readiness.status !== 'ready') reply.code(503).header('retry-after', '1');
    return readiness;
  }
}
