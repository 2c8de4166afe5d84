import type { ApplicationPlan, ControllerPlan, HandlerPlan, ModulePlan } from './application-plan.js';

/**
 * The plan without the handlers that Fastify would refuse for being there already, and with the whole application with
 * them. Not exact, since what is still refused is only discarded.
 */
export function withoutRefusedHandlers(plan: ApplicationPlan): ApplicationPlan {
  if (plan.platform === 'express') {
    return plan;
  }
  const taken = new Set<string>();
  const isFree = (module: ModulePlan, controller: ControllerPlan, handler: HandlerPlan): boolean => {
    const keys = keysOf(plan, module, controller, handler);
    if (new Set(keys).size < keys.length || keys.some((key) => taken.has(key))) {
      return false;
    }
    keys.forEach((key) => taken.add(key));
    return true;
  };
  const modules = plan.modules.map((module) => ({
    ...module,
    controllers: module.controllers.map((controller) => ({
      ...controller,
      handlers: controller.handlers.filter((handler) => isFree(module, controller, handler)),
    })),
  }));
  return { ...plan, modules };
}

const EVERY_METHOD = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'SEARCH'];

function keysOf(plan: ApplicationPlan, module: ModulePlan, controller: ControllerPlan, handler: HandlerPlan): string[] {
  const methods = handler.method === 'ALL' ? EVERY_METHOD : [handler.method];
  const declared = [handler.versions, controller.versions, plan.versioning.byDefault].find(({ length }) => length > 0);
  const versions = plan.versioning.kind === 'none' ? [] : (declared ?? []);
  return controller.paths.flatMap((outer) =>
    handler.paths.flatMap((inner) =>
      withOptional(`/${module.path}/${outer}/${inner}`).flatMap((path) =>
        methods.flatMap((method) =>
          (versions.length === 0 ? ['neutral'] : versions).map((version) =>
            JSON.stringify([method, shapeOf(path), version, handler.constraints]),
          ),
        ),
      ),
    ),
  );
}

/** What the router tells paths apart by: neither the names of parameters nor, at most, letters and slashes. */
function shapeOf(path: string): string {
  return path
    .toLowerCase()
    .replace(/\/+/g, '/')
    .replace(/(?!^)\/$/, '')
    .replace(/(?<!:):[a-z]\w*/g, ':');
}

function withOptional(path: string): string[] {
  return path.endsWith('?') ? [path.slice(0, -1), path.slice(0, path.lastIndexOf('/'))] : [path];
}
