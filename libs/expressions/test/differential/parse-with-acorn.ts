import { parse, parseExpressionAt } from 'acorn';
import { NODE_TYPES } from '../../src/syntax/node-types.js';

const OPTIONS = { ecmaVersion: 2024, sourceType: 'module' } as const;

type Tree = Record<string, unknown> & { type: string };

/** Properties that ESTree has for what the language has not. */
const LEFT_OUT = new Set([
  'async',
  'expression',
  'generator',
  'id',
  'kind',
  'method',
  'prefix',
  'raw',
  'tail',
  'bigint',
]);

/**
 * The syntax tree of a text that is one expression of the language, as acorn sees it and in our shape; undefined when
 * it is none.
 */
export function parseWithAcorn(source: string): unknown {
  try {
    // Only both together tell that the text is one expression: `a)(b` may stand in parentheses, `a) b` begins with one.
    parse(`(${source}\n)`, OPTIONS);
    const node = parseExpressionAt(source, 0, OPTIONS);
    return endsWith(source, node.end) ? accepted(node as unknown as Tree, source) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Refused) return undefined;
    throw error;
  }
}

/** Whether nothing but brackets, white space and comments follows. */
function endsWith(source: string, end: number): boolean {
  return /^(?:[\s)]|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/)*$/.test(source.slice(end));
}

class Refused extends Error {}

function accepted(node: Tree, source: string): unknown {
  const decision = Object.hasOwn(NODE_TYPES, node.type) ? NODE_TYPES[node.type as keyof typeof NODE_TYPES] : undefined;
  if (decision !== 'accepted' || isRefused(node, source)) throw new Refused(node.type);
  const tree: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    if (LEFT_OUT.has(key) && !(node.type === 'ChainExpression' && key === 'expression')) continue;
    tree[key] = converted(value, source);
  }
  if (node.type === 'TemplateElement') {
    delete tree['value'];
    tree['cooked'] = (node['value'] as { cooked: string }).cooked;
  }
  if (node['regex']) {
    tree['value'] = null;
    tree['regex'] = node['regex'];
  }
  return tree;
}

function converted(value: unknown, source: string): unknown {
  if (Array.isArray(value)) return value.map((item) => converted(item, source));
  return isTree(value) ? accepted(value, source) : value;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

function isRefused(node: Tree, source: string): boolean {
  if (node['operator'] === 'delete') return true;
  if (node['async'] === true || node['method'] === true || typeof node['bigint'] === 'string') return true;
  if (node.type === 'Property' && node['kind'] !== 'init') return true;
  // Escapes in names are left out of the language, the only difference in what a token may be.
  return node.type === 'Identifier' && source.slice(node['start'] as number, node['end'] as number).includes('\\');
}
