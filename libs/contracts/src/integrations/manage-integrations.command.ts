import { IsBoolean, IsIn, IsInt, IsOptional, IsString, MaxLength, Min, MinLength } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsKey, IsText, JsonField } from '../messages/fields.js';
import { ByIdRequest, DoneReply, sortedList } from '../messages/lists.js';
import {
  INTEGRATION_EXAMPLE,
  INTEGRATION_TYPES,
  IntegrationOptions,
  IntegrationSettings,
  IntegrationView,
  type IntegrationType,
} from './integration-view.js';

const { id, key, type, name, baseUrl } = INTEGRATION_EXAMPLE;

export class CreateIntegrationRequest extends IntegrationSettings {
  @IsKey()
  key!: string;

  @IsIn(INTEGRATION_TYPES)
  type!: IntegrationType;
}

export const createIntegration = defineCommand({
  subject: 'rpc.integrations.v1.integration.create',
  owner: 'integrations',
  summary: 'Register an external system',
  access: { permission: 'integrations:write' },
  audit: 'integration.created',
  request: CreateIntegrationRequest,
  reply: IntegrationView,
  idempotent: true,
  example: { request: { name, key, type, baseUrl, healthCheckUrl: '/health' }, reply: INTEGRATION_EXAMPLE },
});

export const getIntegration = defineCommand({
  subject: 'rpc.integrations.v1.integration.get',
  owner: 'integrations',
  summary: 'Read one integration',
  access: { permission: 'integrations:read' },
  request: ByIdRequest,
  reply: IntegrationView,
  example: { request: { id }, reply: INTEGRATION_EXAMPLE },
});

export class ListIntegrationsRequest extends sortedList('createdAt', 'updatedAt', 'name') {
  @IsOptional()
  @IsIn(INTEGRATION_TYPES)
  type?: IntegrationType;

  @IsOptional()
  @IsString()
  @MaxLength(50)
  tag?: string;
}

export class ListIntegrationsReply {
  @JsonField()
  data!: IntegrationView[];

  @JsonField()
  nextCursor!: string | null;
}

export const listIntegrations = defineCommand({
  subject: 'rpc.integrations.v1.integration.list',
  owner: 'integrations',
  summary: 'List integrations, newest first',
  access: { permission: 'integrations:read' },
  request: ListIntegrationsRequest,
  reply: ListIntegrationsReply,
  example: { request: { type: 'rest_api' }, reply: { data: [INTEGRATION_EXAMPLE], nextCursor: null } },
});

/** The settings that are given replace the former ones; key and type stay. */
export class UpdateIntegrationRequest extends IntegrationOptions {
  @IsId()
  id!: string;

  /** Revision that the change builds on; another one is `stale`. */
  @IsInt()
  @Min(1)
  revision!: number;

  @IsOptional()
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(200)
  name?: string;

  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(2_000)
  baseUrl?: string;
}

export const updateIntegration = defineCommand({
  subject: 'rpc.integrations.v1.integration.update',
  owner: 'integrations',
  summary: 'Change the settings of an integration',
  access: { permission: 'integrations:write' },
  audit: 'integration.updated',
  request: UpdateIntegrationRequest,
  reply: IntegrationView,
  example: {
    request: { id, revision: 1, name: 'Shop (new)', timeout: '10s' },
    reply: { ...INTEGRATION_EXAMPLE, name: 'Shop (new)', timeout: '10s', revision: 2 },
  },
});

export class ToggleIntegrationRequest {
  @IsId()
  id!: string;

  /** Absent: the opposite of what it is. */
  @IsOptional()
  @IsBoolean()
  enabled?: boolean;
}

export const toggleIntegration = defineCommand({
  subject: 'rpc.integrations.v1.integration.toggle',
  owner: 'integrations',
  summary: 'Enable or disable an integration',
  access: { permission: 'integrations:write' },
  audit: 'integration.toggled',
  request: ToggleIntegrationRequest,
  reply: IntegrationView,
  example: { request: { id, enabled: true }, reply: INTEGRATION_EXAMPLE },
});

export const deleteIntegration = defineCommand({
  subject: 'rpc.integrations.v1.integration.delete',
  owner: 'integrations',
  summary: 'Delete an integration',
  access: { permission: 'integrations:write' },
  audit: 'integration.deleted',
  request: ByIdRequest,
  reply: DoneReply,
  example: { request: { id }, reply: {} },
});

export const restoreIntegration = defineCommand({
  subject: 'rpc.integrations.v1.integration.restore',
  owner: 'integrations',
  summary: 'Undo the deletion of an integration',
  access: { permission: 'integrations:write' },
  audit: 'integration.restored',
  request: ByIdRequest,
  reply: IntegrationView,
  example: { request: { id }, reply: INTEGRATION_EXAMPLE },
});
