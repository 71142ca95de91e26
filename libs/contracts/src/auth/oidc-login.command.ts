import { Type } from 'class-transformer';
import { IsArray, IsString, Matches, MaxLength, ValidateNested } from 'class-validator';
import { IsOptional } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsKey, SecretField } from '../messages/fields.js';
import { LoginReply } from './login-reply.js';
import { SESSION_EXAMPLE, SLUG_PATTERN } from './session-view.js';

const organization = 'analytical-engines';

export class ListLoginProvidersRequest {
  /** Slug. */
  @Matches(SLUG_PATTERN)
  organization!: string;
}

export class LoginProvider {
  @IsKey()
  key!: string;

  @IsString()
  name!: string;

  /** Where the login begins. */
  @IsString()
  url!: string;
}

export class ListLoginProvidersReply {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => LoginProvider)
  data!: LoginProvider[];
}

/** Empty for an organization that does not exist. */
export const listLoginProviders = defineCommand({
  subject: 'rpc.auth.v1.oidc-login.list-providers',
  owner: 'auth',
  summary: 'How one can sign in to an organization besides by password',
  access: { public: true },
  request: ListLoginProvidersRequest,
  reply: ListLoginProvidersReply,
  example: {
    request: { organization },
    reply: {
      data: [{ key: 'example', name: 'Example login', url: `/api/v1/auth/oidc/${organization}/example/login` }],
    },
  },
});

export class BeginOidcLoginRequest extends ListLoginProvidersRequest {
  @IsKey()
  provider!: string;

  /** Path of the web app to go to afterwards. */
  @IsOptional()
  @Matches(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,500}$/, { message: '$property must be a path of this server' })
  returnTo?: string;
}

export class BeginOidcLoginReply {
  /** Of the provider; the browser goes there. */
  @IsString()
  url!: string;

  /** State, nonce and PKCE verifier, sealed: the gateway keeps it in a cookie of this browser until it comes back. */
  @IsString()
  flow!: string;
}

/** OpenID Connect, authorization code with PKCE (S256). */
export const beginOidcLogin = defineCommand({
  subject: 'rpc.auth.v1.oidc-login.begin',
  owner: 'auth',
  summary: 'Begin to sign in through an OpenID Connect provider',
  access: { public: true },
  audit: { none: 'Nothing has changed yet.' },
  timeoutMs: 15_000,
  request: BeginOidcLoginRequest,
  reply: BeginOidcLoginReply,
  example: {
    request: { organization, provider: 'example' },
    reply: { url: 'https://login.example.com/authorize?client_id=rpa', flow: 'sealed' },
  },
});

export class FinishOidcLoginRequest {
  /** What the provider added to the redirect, as it came. */
  @SecretField()
  @IsString()
  @MaxLength(8_000)
  query!: string;

  @SecretField()
  @IsString()
  @MaxLength(4_000)
  flow!: string;
}

export class FinishOidcLoginReply extends LoginReply {
  /** Page of the web app to go to: below `PUBLIC_URL`, whatever the request said. */
  @IsString()
  redirectTo!: string;
}

/** `invalid_token` for an answer that does not belong to this browser's login, or that the provider does not stand by. */
export const finishOidcLogin = defineCommand({
  subject: 'rpc.auth.v1.oidc-login.finish',
  owner: 'auth',
  summary: 'Finish to sign in through an OpenID Connect provider',
  access: { public: true },
  audit: 'session.opened',
  timeoutMs: 15_000,
  request: FinishOidcLoginRequest,
  reply: FinishOidcLoginReply,
  example: {
    request: { query: 'code=abc&state=xyz', flow: 'sealed' },
    reply: { session: SESSION_EXAMPLE, redirectTo: 'https://rpa.example.com/' },
  },
});
