/** A whole Nest application as plain data: what fast-check generates and shrinks, and what a failing case prints. */
export interface ApplicationPlan {
  readonly platform: 'express' | 'fastify';
  readonly modules: readonly ModulePlan[];
  /** Global prefix; `''`: none. */
  readonly prefix: string;
  /** Exclusions from the global prefix. */
  readonly excluded: readonly string[];
  readonly versioning: VersioningPlan;
  /** Paths of the module's `paths` entries. */
  readonly entries: readonly string[];
  /** `routeResolutionStrategy: 'specificity'` of NestJS 12. */
  readonly bySpecificity: boolean;
  /** `routeConflictPolicy` of NestJS 12, with duplicates tolerated. */
  readonly dropsDuplicates: boolean;
  /** A middleware on this path that answers requests without `x-pass`; `undefined`: none. */
  readonly answeredByMiddleware: string | undefined;
  readonly trustsProxy: boolean;
  readonly express: ExpressPlan;
  readonly fastify: FastifyPlan;
}

export interface ModulePlan {
  /** Path given by `RouterModule`; `''`: none. */
  readonly path: string;
  readonly controllers: readonly ControllerPlan[];
}

/** `own`: an origin of its own; `none`: no decorator; `disabled`: `@DisableCors()`. */
export type PolicyPlan = 'own' | 'none' | 'disabled';

export interface ControllerPlan {
  readonly paths: readonly string[];
  readonly hosts: readonly string[];
  /** Versions, `'neutral'` for `VERSION_NEUTRAL`; empty: no decorator. */
  readonly versions: readonly string[];
  readonly policy: PolicyPlan;
  readonly isRequestScoped: boolean;
  /** Whether there is a second controller, below `heir`, which inherits the same handler functions. */
  readonly hasHeir: boolean;
  readonly handlers: readonly HandlerPlan[];
}

export interface HandlerPlan {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS' | 'SEARCH' | 'ALL';
  readonly paths: readonly string[];
  readonly versions: readonly string[];
  readonly policy: PolicyPlan;
  /** `@RouteConstraints()`, on Fastify only. */
  readonly constraints: { readonly host?: string; readonly tier?: string };
}

export interface VersioningPlan {
  readonly kind: 'none' | 'uri' | 'header' | 'media-type' | 'custom';
  readonly byDefault: readonly string[];
  /** Of versions in the path. */
  readonly prefix: 'v' | 'ver-' | '';
}

export interface ExpressPlan {
  readonly caseSensitive: boolean;
  readonly strict: boolean;
  /** Set when the router exists already, which ignores it. */
  readonly isSetLate: boolean;
}

export interface FastifyPlan {
  readonly caseSensitive: boolean;
  readonly ignoreTrailingSlash: boolean;
  readonly ignoreDuplicateSlashes: boolean;
  readonly useSemicolonDelimiter: boolean;
  readonly maxParamLength: number;
  /** Whether the options stand in `routerOptions`, or beside it as Fastify 4 took them. */
  readonly isNested: boolean;
  /** What `rewriteUrl` takes off the beginning of a URL; `''`: no `rewriteUrl`. */
  readonly rewrites: string;
}

/** A controller class of the plan, and the origin that its own policy allows. */
export interface PlannedController {
  readonly plan: ControllerPlan;
  readonly module: ModulePlan;
  readonly name: string;
  readonly paths: readonly string[];
}

export const DEFAULT_ORIGIN = 'https://default.example';

/** Every controller class of a module: the planned one, and its heir when it has one. */
export function controllersOf(module: ModulePlan, moduleIndex: number): PlannedController[] {
  return module.controllers.flatMap((plan, index) => {
    const name = `m${moduleIndex}c${index}`;
    const heir = { plan, module, name: `${name}heir`, paths: plan.paths.map((path) => `heir/${path}`) };
    return [{ plan, module, name, paths: plan.paths }, ...(plan.hasHeir ? [heir] : [])];
  });
}

/** The name of a handler: of the plan, so that an heir's method has the same. */
export function handlerName({ name }: PlannedController, index: number): string {
  return `${name.replace('heir', '')}h${index}`;
}

export function originOf(name: string): string {
  return `https://${name}.example`;
}

/** The origin of the `paths` entry with this index. */
export function entryOrigin(index: number): string {
  return originOf(`entry${index}`);
}

/** By `Class.method`, the only origin that the handler's policy allows; `undefined`: none. */
export function handlerOrigins({ modules }: ApplicationPlan): ReadonlyMap<string, string | undefined> {
  const controllers = modules.flatMap(controllersOf);
  const origin = (policy: PolicyPlan, own: string, outer: string | undefined) =>
    policy === 'own' ? originOf(own) : policy === 'disabled' ? undefined : outer;
  return new Map(
    controllers.flatMap((controller) =>
      controller.plan.handlers.map(({ policy }, index) => {
        const name = handlerName(controller, index);
        const outer = origin(controller.plan.policy, controller.name, DEFAULT_ORIGIN);
        return [`${controller.name}.${name}`, origin(policy, name, outer)] as const;
      }),
    ),
  );
}

/** Every origin that some policy of the application allows. */
export function everyOrigin(plan: ApplicationPlan): string[] {
  const handlers = [...handlerOrigins(plan).values()].filter((origin) => origin !== undefined);
  return [...new Set([...handlers, DEFAULT_ORIGIN, ...plan.entries.map((_, index) => entryOrigin(index))])];
}
