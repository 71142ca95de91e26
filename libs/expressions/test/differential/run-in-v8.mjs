/**
 * The oracle: V8 itself. Imports modules of plain functions that a test has written, calls each one with its scope and
 * writes what JSON.stringify gives, or that it threw, one JSON array a module.
 */
import { writeFileSync } from 'node:fs';

for (const file of process.argv.slice(2)) {
  const { cases } = await import(file);
  const results = cases.map(([run, scope]) => {
    try {
      return { value: JSON.stringify(run(JSON.parse(scope))) ?? 'null' };
    } catch (error) {
      return { thrown: `${error.name}: ${error.message}`.slice(0, 200) };
    }
  });
  writeFileSync(`${file}.json`, JSON.stringify(results));
}
