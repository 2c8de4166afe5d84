import { describe, expect, it } from '@jest/globals';
import { LooseRoutes } from '../../../lib/routing/fastify/loose-routes.js';
import type { FastifyRegistration } from '../../../lib/routing/fastify/registrations.js';
import { routerOptionsOf } from '../../../lib/routing/fastify/router-options.js';
import type { FastifyRouter } from '../../../lib/routing/router-adapter.js';
import { route } from '../stubbed-router.js';

function registration(path: string, more: Partial<FastifyRegistration> = {}): FastifyRegistration {
  return { route: route('GET', path), method: 'GET', path, constraints: {}, isNamed: true, order: 0, ...more };
}

const options = routerOptionsOf({} as FastifyRouter);
const namesOf = (routes: readonly { readonly methodName: string }[]) => routes.map(({ methodName }) => methodName);

describe('loose routes of Fastify', () => {
  it('other letter case or final slash: match', () => {
    const routes = new LooseRoutes(options, [registration('/Admin/:id')]);
    expect(namesOf(routes.find('GET', '/admin/1/', ''))).toEqual(['GET /Admin/:id']);
    expect(routes.find('POST', '/admin/1', '')).toEqual([]);
    expect(routes.find('GET', '/other', '')).toEqual([]);
  });

  it("routes of other hosts, and routes that are not Nest's: are left out", () => {
    const hosted = route('GET', '/hosted', { hosts: [/^one$/] });
    const routes = new LooseRoutes(options, [
      registration('/hosted', { route: hosted }),
      registration('/plugin', { route: undefined }),
    ]);
    expect(routes.find('GET', '/HOSTED', 'one')).toEqual([hosted]);
    expect(routes.find('GET', '/HOSTED', 'two')).toEqual([]);
    expect(routes.find('GET', '/plugin', '')).toEqual([]);
  });

  it('routes that are added later: are found', () => {
    const registrations = [registration('/a')];
    const routes = new LooseRoutes(options, registrations);
    expect(routes.find('GET', '/B', '')).toEqual([]);
    registrations.push(registration('/b'));
    expect(namesOf(routes.find('GET', '/B', ''))).toEqual(['GET /b']);
  });

  it('more paths than are cached: are found', () => {
    const routes = new LooseRoutes(options, [registration('/a/:id')]);
    const found = Array.from({ length: 200 }, (_, id) => routes.find('GET', `/A/${id}`, ''));
    expect(new Set(found.flatMap(namesOf))).toEqual(new Set(['GET /a/:id']));
    expect(found.flat()).toHaveLength(200);
  });
});
