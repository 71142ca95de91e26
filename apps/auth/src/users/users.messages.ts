import {
  activateUser,
  assignRole,
  deactivateUser,
  deleteUser,
  eraseUser,
  getUser,
  listUsers,
  restoreUser,
  setUserRoles,
  unlockUser,
  updateUser,
} from '@rpa/contracts';
import type {
  AssignRoleRequest,
  ByIdRequest,
  DoneReply,
  ListUsersReply,
  ListUsersRequest,
  MemberView,
  SetUserRolesRequest,
  UpdateUserRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { organizationOf } from '@rpa/platform';
import { userOf } from '../asking.js';
import { ChangeAccess } from './change-access.js';
import { ChangeUser } from './change-user.js';
import { ReadUsers } from './read-users.js';
import { SetRoles } from './set-roles.js';

@Messages()
export class UsersMessages {
  constructor(
    private readonly reading: ReadUsers,
    private readonly changing: ChangeUser,
    private readonly access: ChangeAccess,
    private readonly roles: SetRoles,
  ) {}

  @Handles(listUsers)
  list(request: ListUsersRequest, context: MessageContext): Promise<ListUsersReply> {
    return this.reading.list(organizationOf(context.principal), request);
  }

  @Handles(getUser)
  get({ id }: ByIdRequest, context: MessageContext): Promise<MemberView> {
    return this.reading.get(organizationOf(context.principal), id);
  }

  @Handles(updateUser)
  update(request: UpdateUserRequest, context: MessageContext): Promise<MemberView> {
    return this.changing.rename(userOf(context), request);
  }

  @Handles(unlockUser)
  unlock({ id }: ByIdRequest, context: MessageContext): Promise<DoneReply> {
    return this.changing.unlock(userOf(context), id);
  }

  @Handles(deactivateUser)
  deactivate({ id }: ByIdRequest, context: MessageContext): Promise<MemberView> {
    return this.access.deactivate(userOf(context), id);
  }

  @Handles(activateUser)
  activate({ id }: ByIdRequest, context: MessageContext): Promise<MemberView> {
    return this.access.activate(userOf(context), id);
  }

  @Handles(deleteUser)
  remove({ id }: ByIdRequest, context: MessageContext): Promise<DoneReply> {
    return this.access.remove(userOf(context), id);
  }

  @Handles(restoreUser)
  restore({ id }: ByIdRequest, context: MessageContext): Promise<MemberView> {
    return this.access.restore(userOf(context), id);
  }

  @Handles(eraseUser)
  erase({ id }: ByIdRequest, context: MessageContext): Promise<DoneReply> {
    return this.access.erase(userOf(context), id);
  }

  @Handles(setUserRoles)
  setRoles(request: SetUserRolesRequest, context: MessageContext): Promise<MemberView> {
    return this.roles.ofUser(userOf(context), request);
  }

  @Handles(assignRole)
  assignRole(request: AssignRoleRequest, context: MessageContext): Promise<DoneReply> {
    return this.roles.ofMany(userOf(context), request);
  }
}
