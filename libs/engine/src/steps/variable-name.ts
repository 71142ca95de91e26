const VARIABLE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

export function isVariableName(name: unknown): name is string {
  return typeof name === 'string' && VARIABLE_NAME.test(name) && name !== 'constructor' && name !== 'prototype';
}
