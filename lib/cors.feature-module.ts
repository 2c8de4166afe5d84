import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CORS_MODULE_OPTIONS } from './options/tokens.js';

/** What `CorsModule.forFeature()` registers: it only carries its options, which the root module collects. */
@Module({})
export class CorsFeatureModule implements OnModuleInit {
  constructor(@Inject(ModulesContainer) private readonly modules: ModulesContainer) {}

  /** @throws Error when there is no `CorsModule.forRoot()`: policies that nobody applies must not go unnoticed */
  onModuleInit(): void {
    if (![...this.modules.values()].some((module) => module.providers.has(CORS_MODULE_OPTIONS))) {
      throw new Error('CorsModule.forFeature() needs CorsModule.forRoot() or forRootAsync() in the root module.');
    }
  }
}
