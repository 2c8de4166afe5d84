import { ConfigurableModuleBuilder, type Provider } from '@nestjs/common';
import type { CorsModuleOptions } from './interfaces/index.js';

/** Token of the module's options. `Symbol.for`, since the ESM and the CommonJS build may meet in one application. */
export const CORS_MODULE_OPTIONS = Symbol.for('nestjs-cors:options');

/** Token under which `CorsModule.forFeature()` provides its named policies. */
export const CORS_FEATURE_OPTIONS = Symbol.for('nestjs-cors:feature');

export const { ConfigurableModuleClass, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<CorsModuleOptions>({
    moduleName: 'Cors',
    optionsInjectionToken: CORS_MODULE_OPTIONS,
  })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createCorsOptions')
    .setExtras({ isGlobal: false, extraProviders: [] as Provider[] }, (definition, { isGlobal, extraProviders }) => ({
      ...definition,
      global: isGlobal,
      providers: [...(definition.providers ?? []), ...extraProviders],
    }))
    .build();

/** Implemented by the class that `CorsModule.forRootAsync({ useClass | useExisting })` names. */
export interface CorsOptionsFactory {
  createCorsOptions(): CorsModuleOptions | Promise<CorsModuleOptions>;
}
