import { listSigningKeys, type ListSigningKeysReply } from '@rpa/contracts';
import { Handles, Messages } from '@rpa/messaging';
import { RotateSigningKeys } from './rotate-signing-keys.js';

@Messages()
export class SigningKeysMessages {
  constructor(private readonly keys: RotateSigningKeys) {}

  @Handles(listSigningKeys)
  async list(): Promise<ListSigningKeysReply> {
    return { certificates: await this.keys.certificates() };
  }
}
