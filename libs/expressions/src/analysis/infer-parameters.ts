import type { Expression, Pattern } from '../syntax/expression-tree.js';
import { staticKey } from '../syntax/check-syntax.js';
import { propertyType } from './property-type.js';
import type { ValueType } from './value-type.js';
import { UNKNOWN, ofKind, unionOf } from './value-type.js';

/** Puts a function's parameters in reach, with the types of what it is called with. */
export function bindParameters(
  parameters: readonly Pattern[],
  given: readonly ValueType[],
  names: Map<string, ValueType>,
  infer: (fallback: Expression) => ValueType,
): void {
  parameters.forEach((parameter, index) => bind(parameter, given[index] ?? UNKNOWN, names, infer));
}

function bind(
  pattern: Pattern,
  type: ValueType,
  names: Map<string, ValueType>,
  infer: (fallback: Expression) => ValueType,
): void {
  switch (pattern.type) {
    case 'Identifier':
      names.set(pattern.name, type);
      return;
    case 'AssignmentPattern': {
      const fallback = infer(pattern.right);
      return bind(pattern.left, type === UNKNOWN ? UNKNOWN : unionOf([type, fallback]), names, infer);
    }
    case 'RestElement':
      return bind(pattern.argument, ofKind('array'), names, infer);
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element !== null) bind(element, type.items ?? UNKNOWN, names, infer);
      return;
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        if (property.type === 'RestElement') bind(property.argument, ofKind('object'), names, infer);
        else {
          const key = staticKey({ computed: property.computed, property: property.key });
          bind(property.value, key === undefined ? UNKNOWN : propertyType(type, key).type, names, infer);
        }
      }
      return;
    default:
      return;
  }
}
