// Keys under which Nest's decorators leave their metadata. They are internal names, the same in 11.1.4, 11.2 and 12;
// test/routing/nest-metadata.spec.ts reads real decorators through them.
export const PATH_METADATA = 'path'; // @nestjs/common/constants.js
export const HOST_METADATA = 'host';
export const VERSION_METADATA = '__version__';
export const MODULE_PATH = '__module_path__';
export const FASTIFY_ROUTE_CONSTRAINTS_METADATA = '__fastify_route_constraints__'; // @nestjs/platform-fastify/constants.js
