import type { WebOrigins } from '../../shared/tenants/web-origins.js';
import type { RunningInstance } from './start-instance.js';

/** What a person reads in the terminal once everything listens. */
export function whatToTry(web: WebOrigins, instances: readonly RunningInstance[], location: string): string {
  const [first] = instances.map(({ url }) => new URL(url).port);
  const places = [
    ...web.shops.map(({ tenant, origin }) => [`${tenant}'s board`, origin]),
    ['console', `${web.console}   where the operator removes and adds origins`],
    ...instances.map(({ url, devtools }, index) => [`instance ${index + 1}`, `${url}   devtools on ${devtools}`]),
    ['rows', location],
  ];
  const acme = web.shops[0]?.origin ?? '';
  return `
A live board of several tenants, by socket.io, GraphQL and event streams (two instances in one process)

${places.map(([name = '', place = '']) => `  ${name.padEnd(15)} ${place}`).join('\n')}

What to try:
  1. Open both boards, and the console beside them: every board has three connections to each instance.
  2. In the console, remove the origin of acme's board: all six connections close, on both instances, and stay closed.
  3. Look at the other board: it goes on.
  4. Add the origin again: the board is back within seconds, without being loaded again.
  5. Ask as a browser would, and as a page of another origin would:
     curl -iN -H 'Origin: ${acme}' http://acme.localhost:${first}/orders
     curl -iN -H 'Origin: https://other.example' http://acme.localhost:${first}/orders
`;
}
