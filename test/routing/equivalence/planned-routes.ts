import { type ApplicationPlan, controllersOf } from './application-plan.js';

/** A route of the plan, as far as requests for it are made of it: only the router knows what it matches. */
export interface PlannedRoute {
  readonly method: string;
  /** Pattern of the route with the version that the path names, if it does. */
  readonly path: (version: string | undefined) => string;
  readonly host: string | undefined;
  readonly version: string | undefined;
  readonly tier: string | undefined;
}

/** Every path of every handler, and the paths of the module's `paths` entries. */
export function routesOf(plan: ApplicationPlan, withPrefix: boolean): PlannedRoute[] {
  const { versioning, fastify, platform } = plan;
  const prefix = withPrefix ? plan.prefix : '';
  const before = platform === 'fastify' ? fastify.rewrites : '';
  const inPath = (version: string | undefined) =>
    versioning.kind === 'uri' && version ? `${versioning.prefix}${version}` : '';
  const routes = plan.modules.flatMap(controllersOf).flatMap(({ module, paths, plan: controller }) =>
    controller.handlers.flatMap((handler) => {
      const versions = [handler.versions, controller.versions, versioning.byDefault].find(({ length }) => length > 0);
      const [version] = versioning.kind === 'none' ? [] : (versions ?? []);
      return handler.paths.flatMap((inner) =>
        paths.map((outer) => ({
          method: handler.method === 'ALL' ? 'PATCH' : handler.method,
          path: (given: string | undefined) => joined([before, prefix, inPath(given), module.path, outer, inner]),
          host: handler.constraints.host ?? controller.hosts[0],
          version: version === 'neutral' ? undefined : version,
          tier: handler.constraints.tier,
        })),
      );
    }),
  );
  const entries = plan.entries.map((entry) => ({
    method: 'GET',
    path: () => entry,
    host: undefined,
    version: undefined,
    tier: undefined,
  }));
  return [...routes, ...entries];
}

/** As RoutePathFactory joins: with one slash between, slashes within a part untouched, and none at the end. */
function joined(parts: readonly string[]): string {
  const path = parts
    .filter((part) => part !== '' && part !== '/')
    .reduce((all, part) => `${all.replace(/\/$/, '')}${/^\{?\//.test(part) ? '' : '/'}${part}`, '');
  return path.replace(/(?!^)\/$/, '') || '/';
}
