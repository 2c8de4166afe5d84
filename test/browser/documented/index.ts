export { DocumentedServer } from './documented-server.js';
export type { Arrival, WireRequest } from './exchange.js';
export { optionsOf } from './policy-options.js';
export type { HandlerAnswer, OriginData, PolicyData, Resource } from './policy.js';
