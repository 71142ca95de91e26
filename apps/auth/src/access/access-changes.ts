import { Injectable } from '@nestjs/common';
import { accessChanged, type AccessSubject } from '@rpa/contracts';
import { Bus } from '@rpa/messaging';

/**
 * Tells the gateways that what they remember of somebody's access is not true any more. Call it after the commit; a gateway
 * that misses it asks again within seconds by itself.
 */
@Injectable()
export class AccessChanges {
  constructor(private readonly bus: Bus) {}

  tell(organizationId: string, subject: AccessSubject, ids: readonly string[]): void {
    for (const id of ids) this.bus.emit(accessChanged, organizationId, { subject, id });
  }
}
