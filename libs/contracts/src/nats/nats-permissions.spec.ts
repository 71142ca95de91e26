import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../messages/commands.js';
import { SERVICES } from '../principal/services.js';
import { callersOf, natsUsers } from './nats-permissions.js';

const users = natsUsers();

describe('NATS users', () => {
  it('are one for each service', () => {
    expect(users.map((user) => user.user)).toEqual([...SERVICES]);
  });

  it.each(users.map((user) => [user.user, user] as const))(
    '%s hears the commands and answers of nobody else',
    (service, user) => {
      const foreign = user.subscribe.filter((subject) => /^(rpc|_INBOX)/.test(subject));
      expect(foreign.sort()).toEqual([`_INBOX_${service}.>`, `rpc.${service}.>`]);
      expect(user.subscribe).not.toContain('>');
      expect(
        user.subscribe.filter((subject) => /^(\$SYS|\$JS)/.test(subject)).length === 0 || service === 'triggers',
      ).toBe(true);
    },
  );

  it.each(users.map((user) => [user.user, user] as const))(
    '%s sends exactly the commands that name it',
    (service, user) => {
      const sent = user.publish.filter(
        (subject) => subject.startsWith('rpc.') && !/^rpc\.\S+\.health$|replica/.test(subject),
      );
      const allowed = COMMANDS.filter(
        ({ access }) =>
          access.services?.includes(service) ||
          (service === 'gateway' && ['permission', 'authenticated', 'public'].some((way) => way in access)),
      );
      expect(sent.sort()).toEqual(allowed.map((command) => command.subject).sort());
      expect(user.publish.filter((subject) => subject.startsWith('evt.'))).toEqual([`evt.*.${service}.>`]);
      expect(user.publish.some((subject) => subject === '>' || subject.startsWith('_INBOX'))).toBe(false);
    },
  );

  it('answer each message once', () => {
    for (const user of users) expect(user.allowResponses.max).toBe(1);
  });

  it('keep commands for services only away from the gateway', () => {
    const internal = COMMANDS.filter((command) => Object.keys(command.access).join() === 'services');
    expect(internal.length).toBeGreaterThan(0);
    for (const command of internal)
      expect(callersOf(command).includes('gateway')).toBe(command.access.services?.includes('gateway'));
  });
});
