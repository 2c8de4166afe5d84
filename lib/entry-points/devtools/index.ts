export { CorsDevtools } from './cors-devtools.js';
export { CorsDevtoolsModule } from './devtools.module.js';
export type { CorsDevtoolsOptions } from './devtools.options.js';
