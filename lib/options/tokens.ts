/** Token of the module's options. `Symbol.for`, since the ESM and the CommonJS build may meet in one application. */
export const CORS_MODULE_OPTIONS = Symbol.for('nestjs-cors:options');

/** Token under which `CorsModule.forFeature()` provides its named policies. */
export const CORS_FEATURE_OPTIONS = Symbol.for('nestjs-cors:feature');
