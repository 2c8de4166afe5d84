import type { OriginLookupOption } from '../options/index.js';
import type {
  DefinedBy,
  EffectivePolicy,
  OriginSetting,
  PolicyField,
  PolicyFieldName,
} from '../policy/effective-policy.js';
import type { RegisteredRoute, Route } from '../routing/route.js';

/** A value of a policy's field that can be written as JSON. */
export type DescribedValue = string | number | boolean | null | readonly string[];

/** A field of a policy, as JSON can hold it. */
export interface CorsFieldDescription {
  readonly value: DescribedValue;
  /** Which level set it; `library` for the documented default. */
  readonly source: DefinedBy;
}

/** A policy with the source of every field. */
export interface CorsPolicyDescription {
  /** `module defaults`, `policy "partners"`, `OrdersController`, `OrdersController.replace`, `path "/graphql"`. */
  readonly label: string;
  /** `true` for an `external` entry of `paths`, where no field is applied. Absent otherwise. */
  readonly external?: true;
  readonly fields: Readonly<Record<PolicyFieldName, CorsFieldDescription>>;
}

/** Describes a policy in values that JSON can hold: functions and lookups by their names. */
export function describePolicy({ label, fields, external }: EffectivePolicy): CorsPolicyDescription {
  const described: Partial<Record<PolicyFieldName, DescribedValue>> = {
    origin: describeOrigin(fields.origin.value),
    originLookup: describeLookup(fields.originLookup.value),
    tenant: describeFunction(fields.tenant.value),
  };
  const all = Object.entries(fields) as [PolicyFieldName, PolicyField<DescribedValue | undefined>][];
  return {
    label,
    ...(external === undefined ? {} : { external }),
    fields: Object.fromEntries(
      all.map(([name, { value, definedBy }]) => [name, { value: described[name] ?? value ?? null, source: definedBy }]),
    ) as unknown as CorsPolicyDescription['fields'],
  };
}

/** Which level set a field, as a table shows it. */
export function describeSource(source: DefinedBy): string {
  switch (source.kind) {
    case 'library':
      return 'default';
    case 'module':
      return 'module';
    case 'named':
      return `policy ${JSON.stringify(source.name)}`;
    case 'path':
      return `path ${JSON.stringify(source.path)}`;
    case 'graphql':
      return 'graphql entry';
    case 'gateways':
      return 'gateways';
    case 'gateway':
    case 'controller':
      return source.className;
    case 'handler':
      return `${source.className}.${source.methodName}`;
  }
}

function describeOrigin(origin: OriginSetting): DescribedValue {
  switch (origin.kind) {
    case 'any':
      return '*';
    case 'none':
      return false;
    case 'list':
      return origin.values.map(String);
    case 'predicate':
      return describeFunction(origin.predicate);
  }
}

function describeLookup(option: OriginLookupOption | undefined): string | null {
  if (option === undefined) {
    return null;
  }
  if (typeof option === 'object') {
    return `instance of ${option.constructor?.name ?? 'Object'}`;
  }
  return typeof option === 'function' ? option.name : String(option);
}

function describeFunction(value: { readonly name: string } | undefined): string | null {
  return value === undefined ? null : `function ${value.name || '(anonymous)'}`;
}
/** A route, as JSON can hold it. */
export interface CorsRouteDescription {
  /** Upper case; `*` for every method. */
  readonly method: string;
  readonly path: string;
  /** Host filters, as regular expressions. Absent without any. */
  readonly hosts?: readonly string[];
  /** Versions that the route serves. Absent without any, and where the version is in the path. */
  readonly versions?: readonly string[];
  readonly controller: string;
  readonly handler: string;
}

export function describeRoute(route: Route | RegisteredRoute): CorsRouteDescription {
  const version = 'version' in route ? route.version : undefined;
  return {
    method: route.method,
    path: route.path,
    ...(route.hosts === undefined ? {} : { hosts: route.hosts.map(String) }),
    ...(version === undefined
      ? {}
      : { versions: [version].flat().map((one) => (typeof one === 'symbol' ? 'neutral' : one)) }),
    controller: route.controller.name,
    handler: route.methodName,
  };
}
