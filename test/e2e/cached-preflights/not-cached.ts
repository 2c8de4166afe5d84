import { DisableCors } from '../../../lib/index.js';
import { controllerOf } from '../../support/controller-of.js';
import {
  APP,
  BASE,
  ORIGIN,
  OTHER,
  always,
  byDefault,
  byTenant,
  foreignPost,
  middleware,
  pair,
  pluginPost,
  policy,
  post,
  put,
  things,
  versions,
  type UncachedPreflight,
} from './setups.js';

export const NOT_CACHED: readonly UncachedPreflight[] = [
  {
    title: "the policy's methods leave out the POST of the URL",
    setup: () => byDefault({ credentials: true, methods: ['GET', 'PUT'] }, put(), post()),
    because: /\bmethods\b/,
  },
  {
    title: "the policy's methods leave out the GET of the URL",
    setup: () => byDefault({ methods: 'PUT' }, put(), ['Get', ':id']),
    because: /\bmethods\b/,
  },
  {
    title: "the policy's methods leave out what @All() takes",
    setup: () => byDefault({ methods: ['PUT'] }, ['All', ':id']),
    because: /\bmethods\b/,
  },
  { title: 'the policies differ in methods', setup: pair({}, { methods: ['PUT'] }), because: /\bmethods\b/ },
  { title: 'the policies differ in credentials', setup: pair({ credentials: true }, {}), because: /\bcredentials\b/ },
  {
    title: 'the policies differ in allowedHeaders',
    setup: pair({ allowedHeaders: ['content-type', 'x-custom'] }, { allowedHeaders: [] }),
    because: /\ballowedHeaders\b/,
  },
  { title: 'the policies differ in origin', setup: pair({}, { origin: OTHER }), because: ORIGIN },
  {
    title: 'the lists of origins differ in one entry',
    setup: pair({ origin: [APP, OTHER] }, { origin: [OTHER] }),
    because: ORIGIN,
  },
  {
    title: 'the RegExps differ in their flags',
    setup: pair({ origin: /^https:\/\/APP\.example\.com$/i }, { origin: /^https:\/\/APP\.example\.com$/ }),
    because: ORIGIN,
  },
  {
    title: 'the functions that decide are two, though they say the same',
    setup: pair({ origin: (origin) => origin === APP }, { origin: (origin) => origin !== OTHER && origin === APP }),
    because: ORIGIN,
  },
  {
    title: 'the lookups are two',
    setup: pair({ origin: [], originLookup: always }, { origin: [], originLookup: byTenant(() => false) }),
    because: ORIGIN,
  },
  { title: 'CORS is disabled for the POST', setup: () => things(put(), post(DisableCors())), because: ORIGIN },
  {
    title: 'CORS is disabled for the GET',
    setup: () => things(put(), ['Get', ':id', DisableCors()]),
    because: ORIGIN,
  },
  {
    title: 'CORS is disabled for the HEAD',
    setup: () => things(put(), ['Head', ':id', DisableCors()]),
    because: ORIGIN,
  },
  {
    title: 'CORS is disabled for all that @All() takes',
    setup: () => things(put(), ['All', '*', DisableCors()]),
    because: ORIGIN,
  },
  {
    title: 'the POST has a parameter where the PUT has the text itself',
    setup: () => things(['Put', '7'], post(DisableCors())),
    because: ORIGIN,
  },
  {
    title: 'the POST has a wildcard',
    setup: () => things(put(), ['Post', '*', DisableCors()]),
    because: ORIGIN,
  },
  {
    title: 'the POST is of another controller',
    setup: () => ({
      cors: BASE,
      controllers: [controllerOf('things', [put()]), controllerOf('things', [post()], DisableCors())],
    }),
    because: ORIGIN,
  },
  {
    title: 'the tenant is the method',
    setup: pair(
      { origin: [], originLookup: always, tenant: ({ method }) => method },
      { origin: [], originLookup: always, tenant: ({ method }) => method },
    ),
    because: /\btenant\b/,
  },
  {
    title: 'one policy derives the tenant from the method',
    setup: () =>
      byDefault(
        { origin: [], originLookup: byTenant((tenant) => tenant === 'PUT'), tenant: ({ method }) => method },
        put(),
        post(),
      ),
    because: /\btenant\b/,
  },
  {
    title: 'the parameters of the handlers have other names, and the tenant is one of them',
    setup: () =>
      byDefault(
        {
          origin: [],
          originLookup: byTenant((tenant) => tenant === undefined),
          tenant: ({ params }) => params['tenant'],
        },
        put(),
        ['Post', ':tenant'],
      ),
    because: /\btenant\b/,
  },
  {
    title: 'another version of the route has the POST, under another policy',
    setup: () => ({
      cors: BASE,
      controllers: [
        controllerOf({ path: 'things', version: '1' }, [put()]),
        controllerOf({ path: 'things', version: '2' }, [post()], DisableCors()),
      ],
      configure: versions,
    }),
    because: ORIGIN,
  },
  {
    title: "another version of the route has the PUT, and its policy's methods leave out the POST",
    setup: () => ({
      cors: BASE,
      controllers: [
        controllerOf({ path: 'things', version: '1' }, [put(), post()]),
        controllerOf({ path: 'things', version: '2' }, [put(), post()], policy({ methods: ['PUT'] })),
      ],
      configure: versions,
    }),
    because: /\bmethods\b/,
  },
  {
    title: 'the path is nobody’s, and the default methods leave out POST',
    setup: () => ({
      cors: { ...BASE, methods: ['GET', 'HEAD', 'PUT'] },
      configure: middleware('/things', 'POST'),
    }),
    because: /\bmethods\b/,
  },
  {
    title: 'a paths entry has methods that leave out POST',
    setup: () => ({
      cors: { paths: [{ path: '/things', policy: { ...BASE, methods: ['GET', 'HEAD', 'PUT'] } }] },
      configure: middleware('/things', 'POST'),
    }),
    because: /\bmethods\b/,
  },
  {
    title: 'a paths entry has the methods that Nest lacks, under another policy',
    setup: () => ({
      cors: { ...BASE, paths: [{ path: '/things', policy: { ...BASE, origin: OTHER } }] },
      controllers: [controllerOf('things', [put()])],
      configure: middleware('/things', 'POST'),
    }),
    because: ORIGIN,
  },
  {
    title: "another library's route has the POST, under the default policy",
    setup: () => ({
      cors: { origin: OTHER },
      controllers: [controllerOf('things', [put()], policy({}))],
      configure: foreignPost('/things/:id'),
    }),
    because: ORIGIN,
  },
];

/** The same of Fastify alone. */
export const NOT_CACHED_ON_FASTIFY: readonly UncachedPreflight[] = [
  {
    title: "a plugin's route has the POST, under the default policy",
    setup: () => ({
      cors: { origin: OTHER },
      controllers: [controllerOf('things', [put()], policy({}))],
      configure: pluginPost('/things/:id'),
    }),
    because: ORIGIN,
  },
  {
    title: "a plugin's wildcard has the POST, under a paths entry",
    setup: () => ({
      cors: { ...BASE, paths: [{ path: '/things', policy: { origin: OTHER } }] },
      controllers: [controllerOf('things', [put()], policy({}))],
      configure: pluginPost('/things/*'),
    }),
    because: ORIGIN,
  },
];
