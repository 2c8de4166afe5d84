import { compile, matcherOf, routeTo } from './library.mjs';
import { meter } from './meter.mjs';
import { asReceived, places } from './origins.mjs';

// Measures finding the route of a request among so many, in a process of its own. Prints its figures as JSON.

const { platform, size, milliseconds } = JSON.parse(process.argv[2]);

const policy = compile({ origin: ['https://app.example'] });
const paths = (count, make) => Array.from({ length: count }, (_, index) => make(index));

/** What applications have, and what requests ask for. */
const TABLES = {
  'static path': { path: (index) => `/resource-${index}/all`, url: (index) => `/resource-${index}/all?page=2` },
  'path with a parameter': { path: (index) => `/resource-${index}/:id`, url: (index) => `/resource-${index}/4711` },
  'path with a parameter, all below one prefix': {
    path: (index) => `/api/resource-${index}/:id`,
    url: (index) => `/api/resource-${index}/4711`,
  },
  'no such path': { path: (index) => `/resource-${index}/:id`, url: (index) => `/nothing-${index}/4711` },
};

const figures = [];
for (const [table, { path, url }] of Object.entries(TABLES)) {
  const routes = paths(size, path).flatMap((each) => [routeTo(each, policy, 'GET'), routeTo(each, policy, 'PUT')]);
  const { matcher } = await matcherOf(platform, routes);
  const place = places(size);
  const next = () => ({ method: 'GET', url: asReceived(url(place.next().value)), headers: { host: 'localhost' } });
  const lookups = {
    request: (request) => matcher.recipients('GET', request.url, '', request),
    preflight: ({ url: target }) => [matcher.at(target, '').recipients('GET'), matcher.at(target, '').routes],
  };
  for (const [kind, decide] of Object.entries(lookups)) {
    if (decide(next()).flat().length === 0 && table !== 'no such path') {
      throw new Error(`${platform} finds no route for ${next().url}`);
    }
    figures.push({ platform, table, size: routes.length, kind, ...(await meter({ next, decide, milliseconds })) });
  }
}
process.stdout.write(JSON.stringify(figures));
