import type { OriginLookupOption } from '../options/index.js';
import type { DefinedBy, EffectivePolicy, OriginSetting, PolicyFieldName } from '../policy/effective-policy.js';

/** A value of a policy's field that can be written as JSON. */
export type DescribedValue = string | number | boolean | null | readonly string[];

/** A field of a policy, for people and for JSON. */
export interface CorsFieldDescription {
  readonly value: DescribedValue;
  /** Which level set it: `library` where nobody did, so that the documented default holds. */
  readonly source: DefinedBy;
}

/** A policy in force, with the source of every field. */
export interface CorsPolicyDescription {
  /** `module defaults`, `policy "partners"`, `OrdersController`, `OrdersController.replace`, `path "/graphql"`. */
  readonly label: string;
  /** `true` for a `paths` entry that leaves its path to what serves it: no field is applied. Absent otherwise. */
  readonly external?: true;
  readonly fields: Readonly<Record<PolicyFieldName, CorsFieldDescription>>;
}

/** Describes a policy in values that JSON can hold: functions and lookups by their names. */
export function describePolicy({ label, fields, external }: EffectivePolicy): CorsPolicyDescription {
  const described: [PolicyFieldName, CorsFieldDescription][] = [
    ['origin', { value: describeOrigin(fields.origin.value), source: fields.origin.definedBy }],
    ['originLookup', { value: describeLookup(fields.originLookup.value), source: fields.originLookup.definedBy }],
    ['methods', { value: fields.methods.value ?? null, source: fields.methods.definedBy }],
    ['allowedHeaders', { value: fields.allowedHeaders.value, source: fields.allowedHeaders.definedBy }],
    ['exposedHeaders', { value: fields.exposedHeaders.value, source: fields.exposedHeaders.definedBy }],
    ['credentials', { value: fields.credentials.value, source: fields.credentials.definedBy }],
    ['maxAge', { value: fields.maxAge.value ?? null, source: fields.maxAge.definedBy }],
    [
      'optionsSuccessStatus',
      { value: fields.optionsSuccessStatus.value, source: fields.optionsSuccessStatus.definedBy },
    ],
    ['rejectDisallowed', { value: fields.rejectDisallowed.value, source: fields.rejectDisallowed.definedBy }],
    ['tenant', { value: describeFunction(fields.tenant.value), source: fields.tenant.definedBy }],
    ['dangerouslyAllow', { value: fields.dangerouslyAllow.value, source: fields.dangerouslyAllow.definedBy }],
  ];
  return {
    label,
    ...(external === undefined ? {} : { external }),
    fields: Object.fromEntries(described) as CorsPolicyDescription['fields'],
  };
}

/** Who set a field, for people. */
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
      return origin.entries.map(({ value }) => String(value));
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
