import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, ValidateNested } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { PERMISSIONS, SYSTEM_ROLES, type Permission } from '../principal/permissions.js';
import { OrganizationView, SESSION_EXAMPLE, UserView } from './session-view.js';

export class GetMeRequest {}

export class MeView {
  @ValidateNested()
  @Type(() => UserView)
  user!: UserView;

  @ValidateNested()
  @Type(() => OrganizationView)
  organization!: OrganizationView;

  /** What the user's roles allow now; a token keeps what they allowed when it was signed. */
  @IsArray()
  @IsIn(Object.keys(PERMISSIONS), { each: true })
  permissions!: Permission[];

  /** Whether a second factor is asked for at login. */
  @IsBoolean()
  mfaEnabled!: boolean;
}

export const getMe = defineCommand({
  subject: 'rpc.auth.v1.user.me',
  owner: 'auth',
  summary: 'The signed-in user, their organization and permissions',
  access: { authenticated: true },
  request: GetMeRequest,
  reply: MeView,
  example: {
    request: {},
    reply: {
      user: SESSION_EXAMPLE.user,
      organization: SESSION_EXAMPLE.organization,
      permissions: [...SYSTEM_ROLES.owner],
      mfaEnabled: false,
    },
  },
});
