import type { RunningInstances } from './instances/running-instances.js';
import type { WebOrigins } from '../../shared/tenants/web-origins.js';
import type { Settings } from './settings.js';

/** What a person reads in the terminal once everything listens. */
export function whatToTry(settings: Settings, web: WebOrigins, { instances, location }: RunningInstances): string {
  const [first = '', second = ''] = instances.map(({ url }) => url);
  const port = new URL(first).port;
  const places = [
    ...web.shops.map(({ tenant, origin }) => [`${tenant}'s shop`, origin]),
    ['console', `${web.console}   where every tenant manages its origins`],
    ...instances.map(({ url, devtools }, index) => [`instance ${index + 1}`, `${url}   devtools on ${devtools}`]),
    ['rows', location],
  ];
  const horizon = Math.max(...instances.map(({ revocationHorizon }) => revocationHorizon));
  const newShop = web.shops[1] ?? { tenant: 'globex', origin: 'http://localhost:4011' };
  return `
Allowed origins of many tenants (${settings.fastify ? 'Fastify' : 'Express'}, ${
    settings.databaseUrl === undefined ? 'four instances in one process' : 'four instances, each a process'
  })

${places.map(([name = '', place = '']) => `  ${name.padEnd(14)} ${place}`).join('\n')}

A removed origin is refused by every instance at once; by one that did not hear of it, after ${horizon} s at worst.

What to try:
  1. Open both shops: acme's reads acme's orders on every instance, and nothing of globex; globex's reads nothing yet.
  2. In the console, sign in as ${newShop.tenant} and add ${newShop.origin}: it is pending, and its shop still reads nothing.
  3. Copy its token, publish it on the shop's page, and verify it in the console: all four instances allow it at once.
  4. Add "https://shop.example/", "http://shop.example", "https://*.shop.example", "null": each says what is wrong.
  5. Remove it through another instance: all four refuse it, and the console, which no tenant can remove, goes on.
  6. Stop with Ctrl+C and start again: the rows are still there.
  7. Ask as a browser would, by host and by path:
     curl -i -H 'Origin: ${newShop.origin}' http://${newShop.tenant}.localhost:${port}/orders
     curl -i -H 'Origin: ${newShop.origin}' ${second}/t/${newShop.tenant}/orders
`;
}
