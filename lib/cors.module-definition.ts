import { ConfigurableModuleBuilder, type Provider } from '@nestjs/common';
import type { CorsModuleOptions } from './options/index.js';
import { CORS_MODULE_OPTIONS } from './options/tokens.js';

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
