import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsIn, IsISO8601, IsOptional } from 'class-validator';
import { IsString, MaxLength, MinLength, ValidateNested } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsKey, IsText } from '../messages/fields.js';
import { ByIdRequest, DoneReply, ListRequest } from '../messages/lists.js';
import { SESSION_EXAMPLE, UserView } from './session-view.js';

export const USER_STATUSES = ['active', 'deactivated'] as const;
export type UserStatus = (typeof USER_STATUSES)[number];

/** A user as administrators see them. */
export class MemberView extends UserView {
  @IsIn(USER_STATUSES)
  status!: UserStatus;

  /** Whether a second factor is asked for at login. */
  @IsBoolean()
  mfaEnabled!: boolean;

  @IsOptional()
  @IsISO8601()
  lastLoginAt!: string | null;
}

export const MEMBER_EXAMPLE: MemberView = {
  ...SESSION_EXAMPLE.user,
  status: 'active',
  mfaEnabled: true,
  lastLoginAt: '2026-01-02T00:00:00.000Z',
};
const { id } = MEMBER_EXAMPLE;

export class ListUsersRequest extends ListRequest {
  @IsOptional()
  @IsIn(USER_STATUSES)
  status?: UserStatus;

  /** Only users who have this role. */
  @IsOptional()
  @IsKey()
  role?: string;

  /** Part of the e-mail or the name. */
  @IsOptional()
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(100)
  search?: string;
}

export class ListUsersReply {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => MemberView)
  data!: MemberView[];

  @IsOptional()
  @IsString()
  nextCursor!: string | null;
}

export const listUsers = defineCommand({
  subject: 'rpc.auth.v1.user.list',
  owner: 'auth',
  summary: 'List the users of the organization',
  access: { permission: 'users:read' },
  request: ListUsersRequest,
  reply: ListUsersReply,
  example: { request: { status: 'active' }, reply: { data: [MEMBER_EXAMPLE], nextCursor: null } },
});

export const getUser = defineCommand({
  subject: 'rpc.auth.v1.user.get',
  owner: 'auth',
  summary: 'One user of the organization',
  access: { permission: 'users:read' },
  request: ByIdRequest,
  reply: MemberView,
  example: { request: { id }, reply: MEMBER_EXAMPLE },
});

export class UpdateUserRequest extends ByIdRequest {
  @IsOptional()
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(100)
  firstName?: string;

  @IsOptional()
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(100)
  lastName?: string;
}

export const updateUser = defineCommand({
  subject: 'rpc.auth.v1.user.update',
  owner: 'auth',
  summary: 'Change the name of a user',
  access: { permission: 'users:write' },
  audit: 'user.updated',
  request: UpdateUserRequest,
  reply: MemberView,
  example: { request: { id, firstName: 'Ada' }, reply: MEMBER_EXAMPLE },
});

/** Ends the user's sessions and API keys at once; the last active owner cannot be deactivated (`conflict`). */
export const deactivateUser = defineCommand({
  subject: 'rpc.auth.v1.user.deactivate',
  owner: 'auth',
  summary: 'Lock a user out',
  access: { permission: 'users:write' },
  audit: 'user.deactivated',
  request: ByIdRequest,
  reply: MemberView,
  example: { request: { id }, reply: { ...MEMBER_EXAMPLE, status: 'deactivated' } },
});

export const activateUser = defineCommand({
  subject: 'rpc.auth.v1.user.activate',
  owner: 'auth',
  summary: 'Let a deactivated user in again',
  access: { permission: 'users:write' },
  audit: 'user.activated',
  request: ByIdRequest,
  reply: MemberView,
  example: { request: { id }, reply: MEMBER_EXAMPLE },
});

/** Login attempts that failed are forgotten, so that the account can be tried again at once. */
export const unlockUser = defineCommand({
  subject: 'rpc.auth.v1.user.unlock',
  owner: 'auth',
  summary: 'Forget the failed logins of a user',
  access: { permission: 'users:write' },
  audit: 'user.unlocked',
  request: ByIdRequest,
  reply: DoneReply,
  example: { request: { id }, reply: {} },
});

/** Soft: the e-mail becomes free, sessions and API keys end, and `restore` undoes it. */
export const deleteUser = defineCommand({
  subject: 'rpc.auth.v1.user.delete',
  owner: 'auth',
  summary: 'Delete a user',
  access: { permission: 'users:write' },
  audit: 'user.deleted',
  request: ByIdRequest,
  reply: DoneReply,
  example: { request: { id }, reply: {} },
});

export const restoreUser = defineCommand({
  subject: 'rpc.auth.v1.user.restore',
  owner: 'auth',
  summary: 'Restore a deleted user',
  access: { permission: 'users:write' },
  audit: 'user.restored',
  request: ByIdRequest,
  reply: MemberView,
  example: { request: { id }, reply: MEMBER_EXAMPLE },
});

/** Removes everything that tells who the user was, for good; the id stays, so that records still have somebody. */
export const eraseUser = defineCommand({
  subject: 'rpc.auth.v1.user.erase',
  owner: 'auth',
  summary: 'Anonymise a user for good',
  access: { permission: 'users:write' },
  audit: 'user.erased',
  request: ByIdRequest,
  reply: DoneReply,
  example: { request: { id }, reply: {} },
});

export class SetUserRolesRequest extends ByIdRequest {
  /** All roles that the user shall have, by key; those that are not named are taken away. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsKey({ each: true })
  roles!: string[];
}

/** Nobody gives, or takes from, more than they may do themselves (`forbidden`); the last active owner stays one. */
export const setUserRoles = defineCommand({
  subject: 'rpc.auth.v1.user.set-roles',
  owner: 'auth',
  summary: 'Say which roles a user has',
  access: { permission: 'users:write' },
  audit: 'user.roles_changed',
  request: SetUserRolesRequest,
  reply: MemberView,
  example: { request: { id, roles: ['owner'] }, reply: MEMBER_EXAMPLE },
});

export class AssignRoleRequest {
  @IsKey()
  key!: string;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @IsId({ each: true })
  userIds!: string[];
}

/** All or nothing: one user who is not there or may not be given the role refuses the whole. */
export const assignRole = defineCommand({
  subject: 'rpc.auth.v1.role.assign',
  owner: 'auth',
  summary: 'Give a role to many users',
  access: { permission: 'users:write' },
  audit: 'role.assigned',
  request: AssignRoleRequest,
  reply: DoneReply,
  example: { request: { key: 'editor', userIds: [id] }, reply: {} },
});
