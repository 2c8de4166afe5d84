import { CorsPolicy } from 'nestjs-cors';

declare module 'nestjs-cors' {
  interface CorsPolicyNames {
    partners: true;
  }
}

export class DeclaredNames {
  @CorsPolicy('partners')
  list(): void {}

  // @ts-expect-error a misspelt name
  @CorsPolicy('partnres')
  replace(): void {}
}
