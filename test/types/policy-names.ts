import { Controller, Module } from '@nestjs/common';
import {
  CorsModule,
  type CorsModuleOptions,
  CorsPolicy,
  type CorsPolicyDefinition,
  type CorsOrigins,
} from 'nestjs-cors';

declare module 'nestjs-cors' {
  interface CorsPolicyNames {
    partners: true;
    'public-api': true;
  }
}

@Controller('orders')
@CorsPolicy('partners')
export class OrdersController {
  @CorsPolicy('public-api')
  list(): void {}

  // @ts-expect-error a misspelt name
  @CorsPolicy('partnres')
  replace(): void {}

  @CorsPolicy({ extends: 'partners', maxAge: 60 })
  remove(): void {}

  // @ts-expect-error a misspelt name
  @CorsPolicy({ extends: 'public' })
  read(): void {}
}

export const options: CorsModuleOptions = {
  origin: ['https://app.example.com'],
  policies: { partners: { origin: '*' }, 'public-api': { extends: 'partners' } },
  paths: [
    { path: '/graphql', policy: 'partners' },
    { path: '/docs', policy: { maxAge: 60 } },
    { path: '/proxied', external: true },
  ],
};

// @ts-expect-error a policy that is not declared
export const undeclared: CorsModuleOptions = { policies: { partnres: { origin: '*' } } };

// @ts-expect-error a misspelt name of a path's policy
export const misspeltPath: CorsModuleOptions = { paths: [{ path: '/graphql', policy: 'partnres' }] };

// @ts-expect-error a misspelt base
export const misspeltBase: CorsPolicyDefinition = { extends: 'partnres' };

export function questions(origins: CorsOrigins): readonly Promise<boolean>[] {
  return [
    origins.isAllowed('https://a.example'),
    origins.isAllowed('https://a.example', { policy: 'default' }),
    origins.isAllowed('https://a.example', { policy: 'partners', tenant: 'acme' }),
    // @ts-expect-error a misspelt name
    origins.isAllowed('https://a.example', { policy: 'partnres' }),
  ];
}

@Module({ imports: [CorsModule.forFeature({ policies: { partners: { origin: '*' } } })] })
export class FeatureModule {}

@Module({
  imports: [
    CorsModule.forFeature({
      // @ts-expect-error a policy that is not declared
      policies: { partnres: { origin: '*' } },
    }),
  ],
})
export class MisspeltModule {}
