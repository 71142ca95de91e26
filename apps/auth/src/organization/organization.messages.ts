import { getOrganization, updateOrganization } from '@rpa/contracts';
import type { GetOrganizationRequest, OrganizationSettings, UpdateOrganizationRequest } from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { organizationOf } from '@rpa/platform';
import { userOf } from '../asking.js';
import { ChangeOrganization } from './change-organization.js';

@Messages()
export class OrganizationMessages {
  constructor(private readonly organization: ChangeOrganization) {}

  @Handles(getOrganization)
  get(_request: GetOrganizationRequest, context: MessageContext): Promise<OrganizationSettings> {
    return this.organization.read(organizationOf(context.principal));
  }

  @Handles(updateOrganization)
  update(request: UpdateOrganizationRequest, context: MessageContext): Promise<OrganizationSettings> {
    return this.organization.update(userOf(context), request);
  }
}
