/** Who may read a route's answers: everybody, nobody, or the origins of a policy. */
export type Readers = 'everybody' | 'nobody' | 'listed' | 'listed and opaque' | 'looked up';

export interface CachedRoute {
  readonly path: string;
  readonly readers: Readers;
  readonly credentials?: boolean;
  readonly rejects?: boolean;
}

/** Every answer that the sequences ask for. */
export const CACHED_ROUTES: readonly CachedRoute[] = [
  { path: '/goods/list', readers: 'listed' },
  { path: '/goods/pattern', readers: 'listed' },
  { path: '/goods/function', readers: 'listed' },
  { path: '/goods/lookup', readers: 'looked up' },
  { path: '/goods/credentials', readers: 'listed', credentials: true },
  { path: '/goods/opaque', readers: 'listed and opaque' },
  { path: '/goods/rejecting', readers: 'listed', rejects: true },
  { path: '/goods/public', readers: 'everybody' },
  { path: '/goods/disabled', readers: 'nobody' },
  ...[
    '/goods/vary/header',
    '/goods/vary/reply',
    '/goods/vary/raw',
    '/goods/vary/appended',
    '/goods/vary/lines',
    '/goods/vary/tab',
    '/goods/vary/any',
    '/goods/vary/any-and-more',
    '/goods/vary/long',
    '/goods/vary/interceptor',
    '/goods/vary/compression',
    '/goods/validated',
    '/goods/missing',
    '/goods/gone',
    '/goods/crashing',
    '/files/goods.txt',
    '/files/missing.txt',
    '/ended',
    '/unknown',
  ].map((path) => ({ path, readers: 'listed' as const })),
];
