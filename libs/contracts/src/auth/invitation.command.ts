import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsEmail, IsISO8601, IsOptional } from 'class-validator';
import { IsString, Matches, MaxLength, MinLength, ValidateNested } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsKey, IsText, SecretField } from '../messages/fields.js';
import { ByIdRequest, DoneReply, ListRequest } from '../messages/lists.js';
import { SESSION_EXAMPLE, SessionView } from './session-view.js';

/** Links that are good once: 32 random bytes in base64url. */
export const LINK_TOKEN_PATTERN = /^[A-Za-z0-9_-]{43}$/;
const token = 'bGlua3Rva2VubGlua3Rva2VubGlua3Rva2VubGlua3Q';
const id = '0198c1f0-0000-7000-8000-000000000021';

export class InvitationView {
  @IsId()
  id!: string;

  @IsEmail({ require_tld: false })
  email!: string;

  @IsArray()
  @IsKey({ each: true })
  roles!: string[];

  /** User who invited. */
  @IsId()
  invitedBy!: string;

  @IsISO8601()
  createdAt!: string;

  @IsISO8601()
  expiresAt!: string;
}

export class InviteUserReply extends InvitationView {
  /** Goes into the link; shown this once. */
  @IsString()
  token!: string;

  /** Where the invited person chooses a password. */
  @IsString()
  link!: string;
}

const INVITATION: InvitationView = {
  id,
  email: 'grace@example.com',
  roles: ['editor'],
  invitedBy: SESSION_EXAMPLE.user.id,
  createdAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-08T00:00:00.000Z',
};

export class InviteUserRequest {
  @IsEmail({ require_tld: false })
  @MaxLength(254)
  email!: string;

  /** Roles by key, none that allows more than the one who invites may do. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsKey({ each: true })
  roles!: string[];
}

/** An open invitation of the same e-mail is replaced, and its link is good no more. Good for 7 days. */
export const inviteUser = defineCommand({
  subject: 'rpc.auth.v1.invitation.create',
  owner: 'auth',
  summary: 'Invite somebody into the organization',
  access: { permission: 'users:write' },
  audit: 'invitation.created',
  request: InviteUserRequest,
  reply: InviteUserReply,
  example: {
    request: { email: INVITATION.email, roles: INVITATION.roles },
    reply: { ...INVITATION, token, link: `https://rpa.example.com/accept-invitation#token=${token}` },
  },
});

export class ListInvitationsReply {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => InvitationView)
  data!: InvitationView[];

  @IsOptional()
  @IsString()
  nextCursor!: string | null;
}

export const listInvitations = defineCommand({
  subject: 'rpc.auth.v1.invitation.list',
  owner: 'auth',
  summary: 'List open invitations',
  access: { permission: 'users:read' },
  request: ListRequest,
  reply: ListInvitationsReply,
  example: { request: {}, reply: { data: [INVITATION], nextCursor: null } },
});

export const revokeInvitation = defineCommand({
  subject: 'rpc.auth.v1.invitation.revoke',
  owner: 'auth',
  summary: 'Take an invitation back',
  access: { permission: 'users:write' },
  audit: 'invitation.revoked',
  request: ByIdRequest,
  reply: DoneReply,
  example: { request: { id }, reply: {} },
});

export class AcceptInvitationRequest {
  @SecretField()
  @Matches(LINK_TOKEN_PATTERN, { message: '$property is not an invitation' })
  token!: string;

  /** As at registration. */
  @SecretField()
  @IsString()
  @MinLength(12)
  @MaxLength(200)
  password!: string;

  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(100)
  firstName!: string;

  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(100)
  lastName!: string;
}

/** Creates the account and signs it in; `invalid_token` when the invitation was used, taken back or has expired. */
export const acceptInvitation = defineCommand({
  subject: 'rpc.auth.v1.invitation.accept',
  owner: 'auth',
  summary: 'Accept an invitation',
  access: { public: true },
  audit: 'invitation.accepted',
  request: AcceptInvitationRequest,
  reply: SessionView,
  example: {
    request: { token, password: 'correct horse battery', firstName: 'Grace', lastName: 'Hopper' },
    reply: SESSION_EXAMPLE,
  },
});
