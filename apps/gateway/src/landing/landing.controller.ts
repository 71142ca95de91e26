import { readFileSync } from 'node:fs';
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { CONFIG } from '@rpa/platform';
import { Anonymous } from '../access/access.guard.js';
import type { GatewayConfig } from '../gateway.config.js';

const PAGE = readFileSync(new URL('../../public/index.html', import.meta.url), 'utf8');

@Anonymous()
@Controller()
export class LandingController {
  private readonly html: string;

  constructor(@Inject(CONFIG) config: GatewayConfig) {
    this.html = PAGE.replaceAll('localhost:3000', `localhost:${config.port}`);
  }

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    return this.html;
  }
}
