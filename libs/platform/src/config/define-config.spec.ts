import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ConfigError, defineConfig, flag, integer, list, oneOf, optionalText, text } from './define-config.js';
import { databaseVariables, serviceVariables } from './service.config.js';

const definition = defineConfig({
  port: integer('PORT', { description: 'Port', default: 3000, min: 0, max: 65_535 }),
  open: flag('OPEN', { description: 'Open', default: false }),
  mode: oneOf('MODE', ['a', 'b'], { description: 'Mode', default: 'a' }),
  hosts: list('HOSTS', {
    description: 'Hosts',
    default: 'x',
    check: (items) => {
      if (items.includes('*')) throw new Error("'*' is no host");
    },
  }),
  name: text('NAME', { description: 'Name', pattern: /^[a-z]+$/ }),
  password: text('PASSWORD', { description: 'Password', secret: true }),
  note: optionalText('NOTE', { description: 'Note' }),
});

const faultsOf = (env: Record<string, string>): string[] => {
  try {
    definition.load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
};

describe('Configuration', () => {
  const dir = mkdtempSync(join(tmpdir(), 'config-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  it('takes defaults, and takes empty for absent', () => {
    const config = definition.load({ NAME: 'abc', PASSWORD: 'x', PORT: '', OPEN: '', HOSTS: '' });
    const rest = { open: false, mode: 'a', hosts: ['x'], note: null };
    expect(config).toEqual({ port: 3000, name: 'abc', password: 'x', ...rest });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('names every fault at once, with what the variable is for', () => {
    const faults = faultsOf({ PORT: '70000', OPEN: 'maybe', MODE: 'c', HOSTS: 'a, *', NAME: 'ABC' });
    expect(faults).toHaveLength(6);
    expect(faults[0]).toMatch(/^PORT: must be a whole number from 0 to 65535, not '70000' \(Port/);
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(['PORT', 'OPEN', 'MODE', 'HOSTS', 'NAME', 'PASSWORD']);
    expect(new ConfigError(faults).message.split('\n')).toHaveLength(7);
  });

  it.each(['1.5', '-1', 'x', 'NaN', 'Infinity', ' '])('refuses %j as a port', (port) => {
    expect(faultsOf({ PORT: port, NAME: 'a', PASSWORD: 'p' })).toHaveLength(1);
  });

  it('reads secrets from files, the variable first, and never shows them', () => {
    const file = join(dir, 'password');
    writeFileSync(file, 'from-file\n');
    expect(definition.load({ NAME: 'a', PASSWORD_FILE: file }).password).toBe('from-file');
    expect(definition.load({ NAME: 'a', PASSWORD_FILE: file, PASSWORD: 'direct' }).password).toBe('direct');
    expect(faultsOf({ NAME_FILE: file, PASSWORD: 'p' })).toEqual(['NAME: is required (Name)']);
    const missing = faultsOf({ NAME: 'a', PASSWORD_FILE: join(dir, 'absent') });
    expect(missing[0]).toMatch(/^PASSWORD: .*ENOENT/);
    const secret = defineConfig({ key: text('KEY', { description: 'Key', secret: true, pattern: /^[0-9]+$/ }) });
    expect(() => secret.load({ KEY: 'hunter2' })).toThrow(/must match/);
    expect(() => secret.load({ KEY: 'hunter2' })).not.toThrow(/hunter2/);
  });

  it('marks as secret what a service must not print', () => {
    const variables = { ...serviceVariables('auth', 3002), ...databaseVariables(3) };
    const secrets = Object.values(variables).filter((variable) => 'secret' in variable);
    const names = secrets.map((variable) => variable.env);
    expect(names.sort()).toEqual([
      'DATABASE_MIGRATIONS_URL',
      'DATABASE_URL',
      'IDENTITY_KEY',
      'NATS_PASSWORD',
      'TRUSTED_KEYS',
    ]);
    for (const variable of secrets) expect(variable.defaultText).toBe('');
  });
});
