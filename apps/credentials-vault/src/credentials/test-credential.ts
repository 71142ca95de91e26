import { createPrivateKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError, type JsonObject, type Principal, type TestCredentialReply } from '@rpa/contracts';
import { Audit, organizationOf, Transactions } from '@rpa/platform';
import { authorizationOf, StepFailure } from '@rpa/step-kit';
import { GuardedEgress } from '../egress/guarded-egress.js';
import { FreshToken } from '../oauth/fresh-token.js';
import type { OAuthData } from '../oauth/oauth-client.js';
import { CredentialHealthRepository } from './credential-health.repository.js';
import { CredentialsRepository } from './credentials.repository.js';
import { assertShared } from './sharing.js';

const TIMEOUT_MS = 10_000;

/** Tries whether a credential works, as far as its type allows. What it holds goes only where its own values say. */
@Injectable()
export class TestCredential {
  constructor(
    private readonly credentials: CredentialsRepository,
    private readonly health: CredentialHealthRepository,
    private readonly freshToken: FreshToken,
    private readonly egress: GuardedEgress,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {}

  async execute(principal: Principal | null, id: string): Promise<TestCredentialReply> {
    const organizationId = organizationOf(principal);
    const credential = await this.credentials.get(organizationId, id);
    assertShared(credential, principal);
    const { type, name } = credential;
    const data = await this.credentials.open(organizationId, id, credential.version);
    const reply = await this.tryOut(organizationId, id, type, data);
    if (reply.checked === 'connection')
      await this.health.write(organizationId, id, reply.ok ? 'ok' : 'failing', reply.message);
    await this.transactions.run(() =>
      this.audit.record({ action: 'credential.tested', resource: { type: 'credential', id, name }, after: reply }),
    );
    return reply;
  }

  private async tryOut(
    organizationId: string,
    id: string,
    type: string,
    data: JsonObject,
  ): Promise<TestCredentialReply> {
    if (type === 'oauth2') return this.fetchToken(organizationId, id, data);
    if (type === 'private_key') return readKey(data);
    if (typeof data['testUrl'] === 'string') return this.call(data['testUrl'], type, data);
    return { ok: true, checked: 'form', message: 'The values have the right form; nothing was called.' };
  }

  private async fetchToken(organizationId: string, id: string, data: JsonObject): Promise<TestCredentialReply> {
    try {
      await this.freshToken.execute({ organizationId, id, data: data as unknown as OAuthData });
      return { ok: true, checked: 'token', message: 'There is a valid access token.' };
    } catch (error) {
      if (!AppError.is(error)) throw error;
      return { ok: false, checked: 'token', message: error.message };
    }
  }

  private async call(testUrl: string, type: string, data: JsonObject): Promise<TestCredentialReply> {
    try {
      const { url, headers } = requestOf(testUrl, type, data);
      const request = { method: 'GET', url, headers, timeoutMs: TIMEOUT_MS, maxRedirects: 0, maxBodyBytes: 1_048_576 };
      const { status } = await this.egress.http(request);
      return { ok: status < 400, checked: 'connection', message: `The answer was ${status}.` };
    } catch (error) {
      if (!(error instanceof StepFailure)) throw error;
      return { ok: false, checked: 'connection', message: error.message };
    }
  }
}

function requestOf(testUrl: string, type: string, data: JsonObject): { url: string; headers: Record<string, string> } {
  const url = new URL(testUrl);
  const { headers, query } = authorizationOf({ type, data });
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return { url: url.href, headers };
}

function readKey(data: JsonObject): TestCredentialReply {
  const key = String(data['privateKey']);
  if (key.includes('BEGIN OPENSSH PRIVATE KEY'))
    return {
      ok: true,
      checked: 'form',
      message: 'It is a key in OpenSSH form; such keys are read where they are used.',
    };
  try {
    const passphrase = data['passphrase'];
    createPrivateKey({ key, ...(typeof passphrase === 'string' && { passphrase }) });
    return { ok: true, checked: 'form', message: 'The key can be read.' };
  } catch {
    return {
      ok: false,
      checked: 'form',
      message: 'The key cannot be read: it is damaged, or the passphrase is wrong.',
    };
  }
}
