import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { validateDefinition } from './index.js';

const guide = readFileSync(new URL('../../../docs/guides/controlling-runs.md', import.meta.url), 'utf8');
const examples = [...guide.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text);

it.each(examples.map((text) => [text.split('\n').slice(0, 3).join(' '), text]))('%s ... is a workflow', (_, text) => {
  const { errors } = validateDefinition({ format: 1, ...(parse(text) as object) }, { stepTypes: [] });
  expect(errors).toEqual([]);
});

it('the guide has examples', () => expect(examples).toHaveLength(3));
