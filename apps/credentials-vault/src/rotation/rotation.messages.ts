import { getKeyState, rotateDataKey, type KeyStateRequest, type KeyStateView } from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { organizationOf } from '@rpa/platform';
import { RotateDataKey } from './rotate-data-key.js';

@Messages()
export class RotationMessages {
  constructor(private readonly rotating: RotateDataKey) {}

  @Handles(getKeyState)
  get(_request: KeyStateRequest, { principal }: MessageContext): Promise<KeyStateView> {
    return this.rotating.state(organizationOf(principal));
  }

  @Handles(rotateDataKey)
  rotate(_request: KeyStateRequest, { principal }: MessageContext): Promise<KeyStateView> {
    return this.rotating.execute(organizationOf(principal));
  }
}
