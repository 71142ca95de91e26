import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import * as contracts from '../index.js';
import { COMMANDS, commandsOwnedBy } from './commands.js';
import type { CommandDefinition, MessageClass } from './define-command.js';
import type { EventDefinition } from './define-event.js';
import { jsonFieldsOf } from './fields.js';
import { PERMISSIONS, SYSTEM_ROLES } from '../principal/permissions.js';
import { SERVICES } from '../principal/services.js';

const byName = COMMANDS.map((command) => [command.subject, command] as const);
const exported = Object.values(contracts) as unknown[];
const isEvent = (value: unknown): value is EventDefinition =>
  typeof value === 'object' && value !== null && 'payload' in value && 'consumers' in value;
const isCommand = (value: unknown): value is CommandDefinition =>
  typeof value === 'object' && value !== null && 'subject' in value && 'access' in value;

/** As the platform does it: free JSON stays as it is, unknown fields are refused. */
function faultsOf(message: MessageClass<object>, plain: object): string[] {
  const free = new Set(jsonFieldsOf(message));
  const entries = Object.entries(plain);
  const instance = Object.assign(
    plainToInstance(message, Object.fromEntries(entries.filter(([name]) => !free.has(name)))),
    Object.fromEntries(entries.filter(([name]) => free.has(name))),
  );
  const known = getMetadataStorage().getTargetValidationMetadatas(message, '', false, false).length > 0;
  if (!known) return entries.map(([name]) => `${name} is not declared`);
  const options = { whitelist: true, forbidNonWhitelisted: true };
  return validateSync(instance, options).map((error) => error.toString());
}

describe.each(byName)('%s', (subject, command) => {
  it('is named after its owner', () => {
    expect(SERVICES).toContain(command.owner);
    const kebab = '[a-z]+(-[a-z]+)*';
    expect(subject).toMatch(new RegExp(`^rpc\\.${command.owner}\\.v[1-9]\\d*\\.${kebab}\\.${kebab}$`));
    expect(command.summary).toMatch(/^[A-Z].*[^.]$/);
  });

  it('has a valid example', () => {
    expect(faultsOf(command.request, command.example.request)).toEqual([]);
    expect(faultsOf(command.reply, command.example.reply)).toEqual([]);
    expect(JSON.parse(JSON.stringify(command.example))).toEqual(command.example);
  });

  it('refuses fields that it does not know', () => {
    expect(faultsOf(command.request, { ...command.example.request, unknownField: 1 })).not.toEqual([]);
  });

  it('says who may send it', () => {
    const { access } = command;
    const forPeople = ['permission', 'authenticated', 'public'].filter((way) => way in access);
    expect(forPeople.length).toBeLessThanOrEqual(1);
    if (forPeople.length === 0) expect(access.services?.length).toBeGreaterThan(0);
    if ('permission' in access) expect(Object.keys(PERMISSIONS)).toContain(access.permission);
    for (const service of access.services ?? []) expect(SERVICES).toContain(service);
    if (command.timeoutMs !== undefined) expect(command.timeoutMs).toBeLessThanOrEqual(120_000);
  });

  it('does not keep an answer for a repeat that nobody may keep', () => {
    const secrets = Object.keys(command.example.reply).filter((name) => /token|password|secret/i.test(name));
    if (command.idempotent) expect(secrets).toEqual([]);
  });
});

describe('Commands and events', () => {
  it('are each listed once, with a subject of their own', () => {
    const subjects = COMMANDS.map((command) => command.subject);
    expect(new Set(subjects).size).toBe(subjects.length);
    expect(COMMANDS.length).toBe(SERVICES.flatMap((service) => commandsOwnedBy(service)).length);
  });

  it('leave none out that a contract exports', () => {
    expect(exported.filter(isCommand).filter((command) => !COMMANDS.includes(command))).toEqual([]);
    expect(COMMANDS.filter((command) => !exported.includes(command))).toEqual([]);
  });

  it('tell events with a valid example to listeners that may hear them', () => {
    const events = exported.filter(isEvent);
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) {
      expect(faultsOf(event.payload, event.example)).toEqual([]);
      const subject = contracts.eventSubject(event, 'org1');
      expect(subject).toMatch(/^evt\.org1\.[a-z-]+\.v\d+\.[a-z-]+\.[a-z-]+$/);
      for (const service of event.consumers) {
        const heard = contracts.natsUsers().find((user) => user.user === service)?.subscribe ?? [];
        const patterns = heard.map(
          (allow) => new RegExp(`^${allow.replaceAll('.', '\\.').replaceAll('*', '[^.]+').replace('>', '.+')}$`),
        );
        expect([event.name, service, patterns.some((pattern) => pattern.test(subject))]).toEqual([
          event.name,
          service,
          true,
        ]);
      }
    }
  });
});

describe('Roles', () => {
  it.each(Object.entries(SYSTEM_ROLES))('%s allows only what exists, nothing twice', (_role, permissions) => {
    for (const permission of permissions) expect(PERMISSIONS[permission]).toMatch(/^[A-Z]/);
    expect(new Set(permissions).size).toBe(permissions.length);
  });

  it('include each other from viewer to owner', () => {
    const { owner, admin, editor, operator, viewer } = SYSTEM_ROLES as Record<string, readonly string[]>;
    const within = (small: readonly string[] = [], large: readonly string[] = []) =>
      small.filter((permission) => !large.includes(permission));
    expect(within(admin, owner)).toEqual([]);
    expect(within(editor, admin)).toEqual([]);
    expect(within(viewer, operator)).toEqual([]);
    expect(within(operator, editor)).toEqual([]);
  });

  it('let nobody but those who run the organization change users and settings', () => {
    for (const role of ['editor', 'operator', 'viewer'] as const)
      expect((SYSTEM_ROLES[role] as readonly string[]).filter((name) => /^(users|settings|audit)/.test(name))).toEqual(
        [],
      );
  });
});
