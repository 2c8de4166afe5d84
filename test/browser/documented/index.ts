export { DocumentedServer } from './documented-server.js';
export type { Arrival, WireRequest } from './exchange.js';
export type { HandlerAnswer, OriginData, PolicyData, Resource } from './policy.js';
