/** Every IANA zone, 40 expressions, two years: `npm run zones -w @rpa/triggers` after a build. The test takes some of them. */
import { Cron } from '../../dist/types/schedule/cron.js';
import { Zone } from '../../dist/types/schedule/zone.js';
import { compareZone, EXPRESSIONS, meantByAll } from './oracle.mjs';

const [from, to] = [Date.UTC(2026, 0, 1), Date.UTC(2028, 0, 1)];
const zones = ['UTC', 'EST5EDT', ...Intl.supportedValuesOf('timeZone')];
const started = performance.now();
const options = {
  from,
  to,
  meant: meantByAll(from, to),
  known: new Map(),
  makeCron: (expression, zone) => new Cron(expression, Zone.find(zone)),
};
const all = { differences: [], fires: 0 };
for (const zone of zones) {
  const { differences, fires } = compareZone(zone, options);
  all.differences.push(...differences);
  all.fires += fires;
}
for (const line of all.differences.slice(0, 20)) console.log(line);
const seconds = Math.round((performance.now() - started) / 100) / 10;
const result = { zones: zones.length, expressions: EXPRESSIONS.length, fires: all.fires, seconds };
console.log(JSON.stringify({ ...result, differences: all.differences.length }));
process.exitCode = all.differences.length > 0 ? 1 : 0;
