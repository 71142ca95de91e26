import { Type } from 'class-transformer';
import { ArrayUnique, IsArray, IsBoolean, IsIn, IsOptional, IsString } from 'class-validator';
import { MaxLength, MinLength, ValidateNested } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsKey, IsText } from '../messages/fields.js';
import { DoneReply } from '../messages/lists.js';
import { PERMISSIONS, SYSTEM_ROLES, type Permission } from '../principal/permissions.js';

const NAMES = Object.keys(PERMISSIONS);

export class RoleView {
  @IsKey()
  key!: string;

  @IsString()
  name!: string;

  @IsString()
  description!: string;

  /** Made by the system, the same in every organization, and never changed. */
  @IsBoolean()
  system!: boolean;

  @IsArray()
  @IsIn(NAMES, { each: true })
  permissions!: Permission[];
}

const ROLE: RoleView = {
  key: 'auditor',
  name: 'Auditor',
  description: 'Sees everything, changes nothing',
  system: false,
  permissions: ['audit:read', 'executions:read', 'workflows:read'],
};

export class ListRolesRequest {}

export class ListRolesReply {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => RoleView)
  data!: RoleView[];

  /** Always null: an organization has at most 100 roles. */
  @IsOptional()
  @IsString()
  nextCursor!: string | null;
}

export const listRoles = defineCommand({
  subject: 'rpc.auth.v1.role.list',
  owner: 'auth',
  summary: 'List system roles and those of the organization',
  access: { permission: 'users:read' },
  request: ListRolesRequest,
  reply: ListRolesReply,
  example: { request: {}, reply: { data: [ROLE], nextCursor: null } },
});

export class RoleByKeyRequest {
  @IsKey()
  key!: string;
}

export const getRole = defineCommand({
  subject: 'rpc.auth.v1.role.get',
  owner: 'auth',
  summary: 'One role',
  access: { permission: 'users:read' },
  request: RoleByKeyRequest,
  reply: RoleView,
  example: { request: { key: 'auditor' }, reply: ROLE },
});

export class CreateRoleRequest {
  /** Not the key of a system role. */
  @IsKey()
  key!: string;

  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(100)
  name!: string;

  @IsOptional()
  @IsString()
  @IsText()
  @MaxLength(500)
  description?: string;

  /** None that the one who makes the role has not. */
  @IsArray()
  @ArrayUnique()
  @IsIn(NAMES, { each: true })
  permissions!: Permission[];
}

export const createRole = defineCommand({
  subject: 'rpc.auth.v1.role.create',
  owner: 'auth',
  summary: 'Make a role of the organization',
  access: { permission: 'users:write' },
  audit: 'role.created',
  idempotent: true,
  request: CreateRoleRequest,
  reply: RoleView,
  example: {
    request: { key: ROLE.key, name: ROLE.name, description: ROLE.description, permissions: ROLE.permissions },
    reply: ROLE,
  },
});

export class UpdateRoleRequest extends RoleByKeyRequest {
  @IsOptional()
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(100)
  name?: string;

  @IsOptional()
  @IsString()
  @IsText()
  @MaxLength(500)
  description?: string;

  @IsOptional()
  @IsArray()
  @ArrayUnique()
  @IsIn(NAMES, { each: true })
  permissions?: Permission[];
}

/** Who has the role is held to its new permissions at once: their tokens must be refreshed. */
export const updateRole = defineCommand({
  subject: 'rpc.auth.v1.role.update',
  owner: 'auth',
  summary: 'Change a role of the organization',
  access: { permission: 'users:write' },
  audit: 'role.updated',
  request: UpdateRoleRequest,
  reply: RoleView,
  example: { request: { key: 'auditor', permissions: ROLE.permissions }, reply: ROLE },
});

/** `conflict` while anybody has it. */
export const deleteRole = defineCommand({
  subject: 'rpc.auth.v1.role.delete',
  owner: 'auth',
  summary: 'Delete a role of the organization',
  access: { permission: 'users:write' },
  audit: 'role.deleted',
  request: RoleByKeyRequest,
  reply: DoneReply,
  example: { request: { key: 'auditor' }, reply: {} },
});

export class PermissionView {
  @IsIn(NAMES)
  permission!: Permission;

  @IsString()
  description!: string;

  /** System roles that have it. */
  @IsArray()
  @IsIn(Object.keys(SYSTEM_ROLES), { each: true })
  systemRoles!: string[];
}

export class ListPermissionsReply {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => PermissionView)
  data!: PermissionView[];

  @IsOptional()
  @IsString()
  nextCursor!: string | null;
}

export const listPermissions = defineCommand({
  subject: 'rpc.auth.v1.permission.list',
  owner: 'auth',
  summary: 'Everything that roles and API keys can be allowed',
  access: { authenticated: true },
  request: ListRolesRequest,
  reply: ListPermissionsReply,
  example: {
    request: {},
    reply: {
      data: [{ permission: 'audit:read', description: PERMISSIONS['audit:read'], systemRoles: ['owner', 'admin'] }],
      nextCursor: null,
    },
  },
});
