import { Injectable } from '@nestjs/common';
import {
  AppError,
  createCredential,
  deleteCredential,
  updateCredential,
  type JsonObject,
  type Principal,
} from '@rpa/contracts';
import { Bus } from '@rpa/messaging';
import { Identity, organizationOf } from '@rpa/platform';
import { LRUCache } from 'lru-cache';
import { RedeemTriggerCredential } from '../sources/redeem-trigger-credential.js';
import type { TriggerType } from '../types/define-trigger.js';

const REMEMBERED = 2_000;
/** How long a secret that was changed in the vault itself still counts. */
const REMEMBER_MS = 60_000;

export interface SecretOwner {
  id: string;
  organizationId: string;
  name: string;
  /** Credential of the vault that holds them; null: there are none. */
  secretId: string | null;
}

/** Secrets of triggers rest in the vault, as a credential of their own that carries the trigger's name. */
@Injectable()
export class TriggerSecrets {
  private readonly known = new LRUCache<string, Promise<string[]>>({ max: REMEMBERED, ttl: REMEMBER_MS });

  constructor(
    private readonly bus: Bus,
    private readonly identity: Identity,
    private readonly credentials: RedeemTriggerCredential,
  ) {}

  /** Parts a config: what may rest here, and the secrets; null: it says nothing about them. */
  split(type: TriggerType, config: JsonObject): { config: JsonObject; secrets: string[] | null } {
    const rest: JsonObject = {};
    let secrets: string[] | null = null;
    for (const [field, value] of Object.entries(config))
      if (type.secretFields.includes(field)) secrets = [...(secrets ?? []), ...[value as string | string[]].flat()];
      else rest[field] = value;
    return { config: rest, secrets };
  }

  /** Puts the secrets of a trigger into the vault. @returns the id of their credential */
  async put(principal: Principal | null, owner: SecretOwner, secrets: string[] | null): Promise<string | null> {
    const { id, name, secretId } = owner;
    if (secrets === null) return secretId;
    const options = { principal: await this.tokenOf(principal) };
    if (secrets.length === 0) {
      if (secretId) await this.bus.request(deleteCredential, { id: secretId }, options);
      return null;
    }
    const data = { secrets };
    if (secretId) {
      await this.bus.request(updateCredential, { id: secretId, data }, options);
      return secretId;
    }
    const request = { name: `Secrets of trigger ${name}`.slice(0, 200), key: keyOf(id), type: 'custom' as const, data };
    return (await this.bus.request(createCredential, request, options)).id;
  }

  /** @param revision of the trigger: with another one they are fetched anew */
  read(owner: SecretOwner, revision: number): Promise<string[]> {
    const key = `${owner.id} ${revision}`;
    const known = this.known.get(key);
    if (known) return known;
    const reading = this.fetch(owner);
    this.known.set(key, reading);
    reading.catch(() => this.known.delete(key));
    return reading;
  }

  private async fetch(owner: SecretOwner): Promise<string[]> {
    const { data } = await this.credentials.execute(owner, keyOf(owner.id));
    const { secrets } = data;
    if (Array.isArray(secrets) && secrets.every((secret) => typeof secret === 'string')) return secrets as string[];
    throw new AppError(
      'credential_refused',
      'The credential with the secrets of this trigger holds no list of secrets.',
    );
  }

  private tokenOf(principal: Principal | null): Promise<string> {
    const slug = principal?.organizationSlug;
    return this.identity.serviceToken({ id: organizationOf(principal), ...(slug && { slug }) });
  }
}

function keyOf(triggerId: string): string {
  return `trigger-${triggerId}`;
}
