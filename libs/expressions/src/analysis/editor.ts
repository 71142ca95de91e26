import type { Expression, Identifier, MemberExpression, Node } from '../syntax/expression-tree.js';
import { CORE_FUNCTIONS, NAMESPACE_TABLES, functionEntry } from '../functions/function-table.js';
import { FUNCTIONS } from '../functions/library.js';
import type { MethodOwner } from '../methods/method-table.js';
import { METHODS } from '../methods/method-table.js';
import { staticKey } from '../syntax/check-syntax.js';
import { childNodes } from '../syntax/child-nodes.js';
import { parseExpression } from '../syntax/parse-expression.js';
import type { AnalysisOptions } from './check-expression.js';
import { scopeTypes } from './check-expression.js';
import type { TypeScope } from './infer-type.js';
import { TypeInference } from './infer-type.js';
import { propertyType } from './property-type.js';
import type { ValueType } from './value-type.js';
import { UNKNOWN, describeType } from './value-type.js';

export interface Completion {
  label: string;
  kind: 'root' | 'parameter' | 'property' | 'method' | 'function' | 'namespace' | 'constant';
  /** A signature or a type. */
  detail: string;
  documentation?: string;
}

export interface Hover {
  /** The part of the source that is described. */
  start: number;
  end: number;
  detail: string;
  documentation?: string;
}

/** Stands for the name that is being typed. */
const PLACEHOLDER = 'ˍ';

/** What may be written at an offset of a source that need not be complete; `from` is where the typed name begins. */
export function completionsAt(
  source: string,
  offset: number,
  options: AnalysisOptions = {},
): { from: number; items: Completion[] } {
  const before = source.slice(0, offset);
  const typed = /[\p{L}\p{N}_$]*$/u.exec(before)?.[0] ?? '';
  const from = offset - typed.length;
  const items = candidates(source, from, offset, options);
  return { from, items: items.filter(({ label }) => label.toLowerCase().startsWith(typed.toLowerCase())) };
}

function candidates(source: string, from: number, offset: number, options: AnalysisOptions): Completion[] {
  const roots = scopeTypes(options.schema);
  const start = source.slice(0, from) + PLACEHOLDER;
  const root = parsed(start + source.slice(offset)) ?? parsed(start + closers(start));
  if (root === undefined) return /[.]\s*$/.test(source.slice(0, from)) ? [] : globalNames(roots, options);
  const inference = new TypeInference();
  inference.infer(root, roots);
  const found = pathTo(root, from);
  const [leaf, parent] = [found.at(-1), found.at(-2)];
  if (leaf?.type !== 'Identifier' || (leaf as Identifier).name !== PLACEHOLDER) return [];
  if (parent?.type === 'MemberExpression' && (parent as MemberExpression).property === leaf) {
    return memberNames((parent as MemberExpression).object as Expression, inference);
  }
  return globalNames(inference.scopes.get(leaf) ?? roots, options);
}

function parsed(source: string): Expression | undefined {
  try {
    return parseExpression(source);
  } catch {
    return undefined;
  }
}

const CLOSER: Record<string, string> = { '(': ')', '[': ']', '{': '}' };

/** The brackets that a text has opened and not closed, closed. */
function closers(text: string): string {
  const open: string[] = [];
  for (const [token] of text.matchAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[()[\]{}]/g)) {
    if (Object.hasOwn(CLOSER, token)) open.push(CLOSER[token] ?? '');
    else if (open.at(-1) === token) open.pop();
  }
  return open.reverse().join('');
}

function pathTo(node: Node, offset: number): Node[] {
  const child = childNodes(node).find(({ start, end }) => start <= offset && offset < end);
  return child === undefined ? [node] : [node, ...pathTo(child, offset)];
}

function globalNames(scope: TypeScope, options: AnalysisOptions): Completion[] {
  const declared = (options.roots ?? []).filter((name) => !scope.has(name));
  return [
    ...[...scope].map(([label, type]) =>
      described(label, options.roots?.includes(label) === false ? 'parameter' : 'root', type),
    ),
    ...declared.map((label) => described(label, 'root', UNKNOWN)),
    ...Object.entries({ ...FUNCTIONS, ...CORE_FUNCTIONS }).map(([label, { signature, description }]): Completion => {
      return { label, kind: 'function', detail: signature, documentation: description };
    }),
    ...Object.keys(NAMESPACE_TABLES).map((label): Completion => ({ label, kind: 'namespace', detail: label })),
  ];
}

function described(label: string, kind: Completion['kind'], type: ValueType): Completion {
  const documentation = type.description === undefined ? {} : { documentation: type.description };
  return { label, kind, detail: describeType(type), ...documentation };
}

function memberNames(object: Expression, inference: TypeInference): Completion[] {
  if (object.type === 'Identifier' && Object.hasOwn(NAMESPACE_TABLES, object.name)) {
    return Object.entries(NAMESPACE_TABLES[object.name as keyof typeof NAMESPACE_TABLES]).map(
      ([label, entry]): Completion => {
        const isFunction = 'signature' in entry;
        return {
          label,
          kind: isFunction ? 'function' : 'constant',
          detail: isFunction ? entry.signature : 'number',
          documentation: entry.description,
        };
      },
    );
  }
  const type = inference.types.get(object) ?? UNKNOWN;
  const properties = Object.entries(type.properties ?? {}).map(([label, part]) => described(label, 'property', part));
  const owners = type.kinds.filter((kind): kind is MethodOwner & typeof kind => Object.hasOwn(METHODS, kind));
  const known = type.kinds.length === 0 ? (Object.keys(METHODS) as MethodOwner[]) : owners;
  const methods = known.flatMap((owner) => Object.entries(METHODS[owner]));
  const byName = new Map(methods.map(([label, { signature, description }]) => [label, { signature, description }]));
  return [
    ...properties,
    ...[...byName].map(([label, { signature, description }]): Completion => {
      return { label, kind: 'method', detail: signature, documentation: description };
    }),
  ];
}

/** What stands at an offset: a function's or method's signature and meaning, or the type of a value. */
export function hoverAt(source: string, offset: number, options: AnalysisOptions = {}): Hover | undefined {
  const root = parsed(source);
  if (root === undefined) return undefined;
  const inference = new TypeInference();
  inference.infer(root, scopeTypes(options.schema));
  const path = pathTo(root, offset);
  const [leaf, parent] = [path.at(-1), path.at(-2)];
  if (leaf?.type !== 'Identifier') return undefined;
  const place = { start: leaf.start, end: leaf.end };
  if (parent?.type === 'MemberExpression' && (parent as MemberExpression).property === leaf) {
    return hoverOfMember(parent as MemberExpression, inference, place);
  }
  const { name } = leaf as Identifier;
  const type = inference.scopes.get(leaf)?.get(name);
  const entry = type === undefined ? functionEntry(name) : undefined;
  if (entry !== undefined) return { ...place, detail: entry.signature, documentation: entry.description };
  return typeHover(name, type ?? UNKNOWN, place);
}

function hoverOfMember(
  node: MemberExpression,
  inference: TypeInference,
  place: { start: number; end: number },
): Hover | undefined {
  const key = staticKey(node);
  if (key === undefined) return undefined;
  const object = inference.types.get(node.object) ?? UNKNOWN;
  const known = Object.hasOwn(object.properties ?? {}, key);
  const entry = known
    ? undefined
    : memberNames(node.object as Expression, inference).find(({ label, kind }) => label === key && kind !== 'property');
  if (entry === undefined) return typeHover(String(key), propertyType(object, key).type, place);
  const documentation = entry.documentation === undefined ? {} : { documentation: entry.documentation };
  return { ...place, detail: entry.detail, ...documentation };
}

function typeHover(name: string, type: ValueType, place: { start: number; end: number }): Hover {
  const documentation = type.description === undefined ? {} : { documentation: type.description };
  return { ...place, detail: `${name}: ${describeType(type)}`, ...documentation };
}
