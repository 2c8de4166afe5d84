import type { CompiledPolicy } from '../../lib/policy/compiled-policy.js';

/** A compiled policy that allows nobody, but for what the test says. */
export function policy(fields: Partial<CompiledPolicy> = {}): CompiledPolicy {
  return {
    label: 'test policy',
    name: 'default',
    origin: { kind: 'none' },
    lookup: undefined,
    responders: {},
    methods: undefined,
    allowedHeaders: 'any',
    exposedHeaders: { kind: 'none' },
    credentials: false,
    maxAge: undefined,
    optionsSuccessStatus: 204,
    rejectDisallowed: false,
    external: false,
    tenant: undefined,
    shadow: undefined,
    dependsOnOrigin: true,
    mayAsk: fields.lookup !== undefined || fields.origin?.kind === 'predicate' || fields.shadow !== undefined,
    ...fields,
  };
}

/** An origin list without its compiler. */
export function listOf(...origins: string[]): CompiledPolicy['origin'] {
  return {
    kind: 'list',
    matcher: { allows: (origin) => origins.includes(origin) },
    values: origins,
  };
}
