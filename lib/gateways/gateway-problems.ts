import { type DecoratedClass, prototypesOf, readClassEntries, readMembers } from '../decorators/policy-metadata.js';
import type { CorsConfigurationProblem } from '../options/problem.js';
import type { PolicyEntry } from '../policy/effective-policy.js';
import { problemAt, worded } from '../policy/problems.js';
import { PATH_METADATA } from '../routing/nest-controllers.js';
import type { CorsPolicyRegistry, GatewayPolicy } from '../routing/policy-registry.js';
import type { GraphqlEndpoint } from './graphql-endpoints.js';

/** A decorator where it does nothing, and the value that a problem shows. */
interface Misplaced {
  readonly path: string;
  readonly entry: PolicyEntry;
}

/** The problems of the application's gateways and resolvers. Call it when every provider has been created. */
export function gatewayProblems(
  { gateways, resolvers }: CorsPolicyRegistry,
  endpoints: readonly GraphqlEndpoint[],
): readonly CorsConfigurationProblem[] {
  const governed = gateways.filter(({ policy }) => policy.external !== true);
  return [
    ...governed.flatMap(({ gateway, options }) =>
      options.cors === undefined || options.cors === false
        ? []
        : [problemAt('gateway-cors-option', `${gateway.name}: cors`, options.cors)],
    ),
    ...gateways.flatMap(({ gateway }) =>
      decoratedMethods(gateway).map(({ path, entry }) =>
        problemAt('misplaced-decorator', path, valueOf(entry), 'message'),
      ),
    ),
    ...differingCredentials(governed),
    ...resolverProblems(resolvers, endpoints),
  ];
}

/** Gateways that offer WebTransport. Its sessions come without a request, so no policy can decide about them. */
export function webTransportGateways({ gateways }: CorsPolicyRegistry): readonly string[] {
  return gateways
    .filter(({ policy, options }) => policy.external !== true && offersWebTransport(options.transports))
    .map(({ gateway }) => gateway.name);
}

function offersWebTransport(transports: unknown): boolean {
  return Array.isArray(transports) && transports.includes('webtransport');
}

/** Gateways on one server share the handshake, and so its cookies. */
function differingCredentials(gateways: readonly GatewayPolicy[]): CorsConfigurationProblem[] {
  return gateways.flatMap(({ gateway, port, options, policy }, index) => {
    const { value } = policy.fields.credentials;
    const first = gateways.slice(0, index).find((each) => each.port === port && each.options.path === options.path);
    return first === undefined || first.policy.fields.credentials.value === value
      ? []
      : [problemAt('gateway-credentials-differ', `${gateway.name}: credentials`, value, first.gateway.name)];
  });
}

/** Every query goes to the URL of the endpoint, so no request could find the policy of a resolver. */
function resolverProblems(
  resolvers: readonly DecoratedClass[],
  endpoints: readonly GraphqlEndpoint[],
): CorsConfigurationProblem[] {
  const decorated = resolvers.flatMap((resolver) => [
    ...readClassEntries(resolver).map((entry): Misplaced => ({ path: resolver.name, entry })),
    ...decoratedMethods(resolver),
  ]);
  const { path } = endpoints[0] ?? { path: '/graphql' };
  return decorated.map(({ path: at, entry }) =>
    worded('misplaced-decorator', at, valueOf(entry), {
      expectation: 'a controller, a gateway or a handler method, where @CorsPolicy() or @DisableCors() stands',
      got: 'a resolver',
      hint: `Write an entry of \`paths\` for the endpoint: { path: '${path}', policy: { … } }.`,
    }),
  );
}

/** Decorated methods that handle no route. */
function decoratedMethods(decorated: DecoratedClass): Misplaced[] {
  return prototypesOf(decorated).flatMap((prototype) =>
    readMembers(prototype).flatMap(({ key, isParameter, entry }): Misplaced[] => {
      const method: unknown =
        key === undefined || isParameter ? undefined : Object.getOwnPropertyDescriptor(prototype, key)?.value;
      // A class may be a gateway and a controller.
      return typeof method !== 'function' || Reflect.hasMetadata(PATH_METADATA, method)
        ? []
        : [{ path: `${decorated.name}.${String(key)}`, entry }];
    }),
  );
}

function valueOf(entry: PolicyEntry): unknown {
  return entry.kind === 'policy' ? entry.definition : '@DisableCors()';
}
