import { listSigningKeys } from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import type { Identity } from './identity.js';

/** Lets an identity ask auth for the keys that sign users at present. */
export function askForSigningKeys(identity: Identity, bus: Bus): void {
  identity.learnSigningKeys(async () => {
    const principal = await identity.serviceToken();
    const { certificates } = await bus.request(listSigningKeys, {}, { principal });
    return certificates;
  });
}
