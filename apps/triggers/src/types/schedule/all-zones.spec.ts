import { describe, expect, it } from '@jest/globals';
import { compareZone, EXPRESSIONS, meantByAll } from '../../../test/schedule/oracle.mjs';
import { Cron } from './cron.js';
import { Zone } from './zone.js';

const FROM = Date.UTC(2026, 0, 1);
const TO = Date.UTC(2028, 0, 1);
/** Every run takes others; all of them: `npm run zones -w @rpa/triggers`. */
const SAMPLE = 16;
const ALWAYS = ['UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'Africa/Casablanca', 'America/Nuuk', 'Asia/Beirut'];

function sample(seed: number): string[] {
  const zones = Intl.supportedValuesOf('timeZone');
  return Array.from({ length: SAMPLE }, (_, turn) => zones[(seed + turn * 149) % zones.length] ?? 'UTC');
}

describe('cron on the clocks of a zone', () => {
  it('fires as the clocks show, compared minute by minute over two years', () => {
    const seed = Math.floor(Math.random() * 1_000);
    const zones = [...new Set([...ALWAYS, ...sample(seed)])];
    const makeCron = (expression: string, name: string): Cron => {
      const zone = Zone.find(name);
      if (!zone) throw new Error(`${name} is not known`);
      return new Cron(expression, zone);
    };
    const options = { from: FROM, to: TO, meant: meantByAll(FROM, TO), known: new Map(), makeCron };
    const results = zones.map((zone) => compareZone(zone, options));
    expect({ seed, differences: results.flatMap(({ differences }) => differences) }).toEqual({ seed, differences: [] });
    expect(EXPRESSIONS).toHaveLength(40);
    for (const { fires } of results) expect(fires).toBeGreaterThan(50_000);
  }, 120_000);
});
