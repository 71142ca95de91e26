import type { RouteDefinition } from './define-route.js';

/** Business routes by their tag in the documentation. */
export type RouteTable = Readonly<Record<string, readonly RouteDefinition[]>>;

/** Injects the {@link RouteTable} that is mounted. */
export const ROUTE_TABLE = Symbol('ROUTE_TABLE');
