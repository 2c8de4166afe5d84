import {
  type ConfigurableModuleAsyncOptions,
  ConfigurableModuleBuilder,
  type DynamicModule,
  type FactoryProvider,
  type Provider,
} from '@nestjs/common';
import type { CorsModuleOptions } from './options/index.js';
import { CORS_MODULE_OPTIONS } from './options/tokens.js';

/** What `forRoot()` and `forRootAsync()` take beside the options of the library. */
export interface CorsModuleExtras {
  /** Providers to add to the module, such as those that a factory injects. */
  extraProviders?: Provider[];
}

/** What `forRootAsync()` takes. */
export type CorsModuleAsyncOptions = ConfigurableModuleAsyncOptions<CorsModuleOptions, 'createCorsOptions'> &
  CorsModuleExtras;

/** Implemented by the class that `CorsModule.forRootAsync({ useClass | useExisting })` names. */
export interface CorsOptionsFactory {
  createCorsOptions(): CorsModuleOptions | Promise<CorsModuleOptions>;
}

export const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<CorsModuleOptions>({
  moduleName: 'Cors',
  optionsInjectionToken: CORS_MODULE_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createCorsOptions')
  .setExtras<CorsModuleExtras>({ extraProviders: [] }, (definition, { extraProviders = [] }) => ({
    ...definition,
    global: true,
    providers: [...(definition.providers ?? []), ...extraProviders],
  }))
  .build();

/**
 * Adds `isGlobal` of the argument of `forRootAsync()` to what its factory returns, where the check of the options finds it.
 * Nest ignores names that it does not know there, and an application that relies on the option has to hear that it is gone.
 */
export function withIsGlobal(definition: DynamicModule, options: object): DynamicModule {
  const { isGlobal } = options as { readonly isGlobal?: unknown };
  if (isGlobal === undefined) {
    return definition;
  }
  const addTo = (read: unknown): unknown => (typeof read === 'object' && read !== null ? { ...read, isGlobal } : read);
  const providers = definition.providers?.map((provider): Provider => {
    const { provide, useFactory } = provider as FactoryProvider;
    return provide === CORS_MODULE_OPTIONS
      ? { ...(provider as FactoryProvider), useFactory: async (...args) => addTo(await useFactory(...args)) }
      : provider;
  });
  return { ...definition, providers: providers ?? [] };
}
