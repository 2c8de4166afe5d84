import { CorsPolicy, DisableCors } from '../../../lib/index.js';
import type { ApplicationSetup } from '../../support/application.js';
import { controllerOf } from '../../support/controller-of.js';
import {
  APP,
  BASE,
  OTHER,
  always,
  byDefault,
  byTenant,
  middleware,
  pair,
  post,
  put,
  things,
  versions,
  isApp,
  type CachedPreflight,
} from './setups.js';

export const CACHED: readonly CachedPreflight[] = [
  { title: 'one policy governs every method', setup: () => things(put(), post(), ['Get', ':id']) },
  { title: 'the URL has one method, and methods names it alone', setup: () => byDefault({ methods: ['PUT'] }, put()) },
  { title: 'the URL has a GET only', setup: () => things(['Get', ':id']), method: 'GET' },
  {
    title: 'methods names all that the URL has',
    setup: () => byDefault({ methods: ['GET', 'HEAD', 'POST', 'PUT'] }, put(), post(), ['Get', ':id']),
  },
  { title: '@All() takes every method', setup: () => things(['All', ':id']) },
  { title: 'the policies differ in rejectDisallowed', setup: pair({ rejectDisallowed: true }, {}) },
  { title: 'the policies differ in exposedHeaders', setup: pair({ exposedHeaders: ['x-total'] }, {}) },
  { title: "the policies differ in exposedHeaders, one of which is 'all'", setup: pair({ exposedHeaders: 'all' }, {}) },
  { title: 'the policies differ in optionsSuccessStatus', setup: pair({ optionsSuccessStatus: 200 }, {}) },
  { title: 'the policies differ in maxAge', setup: pair({}, { maxAge: 60 }) },
  { title: 'the policies differ in shadow', setup: pair({ shadow: { credentials: true } }, {}) },
  { title: 'the policies differ in name alone', setup: pairOfNamed },
  {
    title: 'the list of origins is written twice, in another order',
    setup: pair({ origin: [APP, OTHER] }, { origin: [OTHER, APP] }),
  },
  { title: 'the origin is written twice, once as a list', setup: pair({ origin: APP }, { origin: [APP] }) },
  { title: 'an entry is written twice in one list', setup: pair({ origin: [APP, APP] }, { origin: APP }) },
  {
    title: 'a RegExp is written twice',
    setup: pair({ origin: /^https:\/\/app\.example\.com$/ }, { origin: [/^https:\/\/app\.example\.com$/] }),
  },
  { title: 'one function decides in both policies', setup: pair({ origin: isApp }, { origin: isApp }) },
  {
    title: 'one lookup is asked in both policies',
    setup: pair({ origin: [], originLookup: always }, { origin: [], originLookup: always }),
  },
  {
    title: 'methods is written twice, in another order',
    setup: pair({ methods: ['GET', 'HEAD', 'PUT', 'POST'] }, { methods: 'POST,PUT,HEAD,GET' }),
  },
  {
    title: 'allowedHeaders is written twice, in another order and case',
    setup: pair({ allowedHeaders: ['Content-Type', 'X-A'] }, { allowedHeaders: 'x-a,content-type' }),
  },
  {
    title: 'the tenant is the host',
    setup: () => byDefault({ origin: [], originLookup: always, tenant: ({ host }) => host }, put(), post()),
  },
  {
    title: 'the tenant is a parameter of one name',
    setup: () =>
      byDefault(
        {
          origin: [],
          originLookup: byTenant((tenant) => tenant === '7'),
          tenant: ({ params }) => params['id'],
        },
        put(),
        post(),
      ),
  },
  {
    title: 'the POST of another policy is at another host',
    setup: () => ({
      cors: BASE,
      controllers: [
        controllerOf({ path: 'things', host: 'one.test' }, [put()]),
        controllerOf({ path: 'things', host: 'two.test' }, [post()], DisableCors()),
      ],
    }),
    host: 'one.test',
  },
  {
    title: 'the POST of another policy is at another path',
    setup: () => things(put(), ['Post', ':id/more', DisableCors()], ['Post', '', DisableCors()]),
  },
  {
    title: 'the versions of the route have one policy',
    setup: () => ({
      cors: BASE,
      controllers: [
        controllerOf({ path: 'things', version: '1' }, [put(), post()]),
        controllerOf({ path: 'things', version: '2' }, [put(), post()]),
      ],
      configure: versions,
    }),
  },
  {
    title: 'the path is nobody’s, and methods is unset',
    setup: () => ({ cors: BASE, configure: middleware('/things', 'POST') }),
  },
  {
    title: 'a paths entry has the methods that Nest lacks, under an equal policy',
    setup: () => ({
      cors: { ...BASE, paths: [{ path: '/things', policy: { ...BASE, origin: [APP], exposedHeaders: ['x-total'] } }] },
      controllers: [controllerOf('things', [put()])],
      configure: middleware('/things', 'POST'),
    }),
  },
];

function pairOfNamed(): ApplicationSetup {
  const named = { ...BASE, credentials: true };
  const { controllers } = things(put(CorsPolicy('one')), post(CorsPolicy('two')));
  return { cors: { policies: { one: named, two: { ...named } } }, controllers: controllers ?? [] };
}
