import type { ReportProblem } from '../options/problem.js';
import type { EffectivePolicy } from './effective-policy.js';
import { type LookupSettings, readLookupSettings } from './lookup-options.js';
import { LIBRARY_POLICY, externalPolicy, mergeLevel } from './merge.js';
import { NamedPolicies } from './named-policies.js';
import { OptionPlace } from './option-place.js';
import { type PathPolicies, readPathPolicies } from './path-options.js';
import { LEVEL_OPTION_NAMES, readLevel } from './policy-fields.js';

const OPTION_NAMES = [
  'policies',
  'paths',
  'gateways',
  'lookupTimeout',
  'lookupConcurrency',
  'cache',
  'lists',
  'sockets',
  'eventStreams',
  'preflightsAtServer',
  'logging',
] as const;
const LOGGING = ['refusals', 'off', 'all'] as const;

/** Which decisions are logged. */
export type DecisionLogging = (typeof LOGGING)[number];

/** The configuration of the application that decorators cannot have. */
export interface ModulePolicies extends PathPolicies {
  readonly defaults: EffectivePolicy;
  /** Policy of gateways without a decorator. */
  readonly gateways: EffectivePolicy;
  readonly named: NamedPolicies;
  readonly lookups: LookupSettings;
  readonly logging: DecisionLogging;
  readonly sockets: ConnectionSettings;
  readonly eventStreams: ConnectionSettings;
  readonly preflightsAtServer: boolean;
}

/** What happens to connections that stay open. */
export interface ConnectionSettings {
  /** Whether a connection is closed when its origin is no longer allowed. */
  readonly closeRevoked: boolean;
}

/** Reads the options of `forRoot()` and of every `forFeature()`, of any type. */
export function readModuleOptions(options: unknown, features: unknown, report: ReportProblem): ModulePolicies {
  const root = new OptionPlace('options', report, '');
  const written = root.record(options, 'an object of options', 'an object of options');
  root.unknownOptions(written, [...LEVEL_OPTION_NAMES, ...OPTION_NAMES]);
  const defaults = mergeLevel('module defaults', LIBRARY_POLICY, readLevel(written, { kind: 'module' }, root));
  const lookups = readLookupSettings(written, root);
  const logging = root.option('logging').choice(written['logging'], LOGGING);
  const sockets = readConnections(written['sockets'], root.option('sockets'), true);
  const eventStreams = readConnections(written['eventStreams'], root.option('eventStreams'), false);
  const atServer = written['preflightsAtServer'] ?? true;
  const preflightsAtServer = root.option('preflightsAtServer').boolean(atServer);
  const named = new NamedPolicies(report);
  if (written['policies'] !== undefined) {
    named.add(written['policies'], 'policies');
  }
  const featurePlace = new OptionPlace('forFeature', report);
  for (const [index, feature] of featurePlace.list(features, 'a list', 'a list').entries()) {
    const place = featurePlace.element(index);
    const featureOptions = place.record(feature, 'an object with policies', '{ policies: { … } }');
    place.unknownOptions(featureOptions, ['policies']);
    // A feature that is not an object was reported as a whole.
    if (featureOptions === feature) {
      named.add(featureOptions['policies'], place.option('policies').path);
    }
  }
  const paths = readPathPolicies(written['paths'], root.option('paths'), defaults, named);
  const gateways = readGateways(written['gateways'], root.option('gateways'), defaults, named);
  return { defaults, gateways, named, ...paths, lookups, logging, sockets, eventStreams, preflightsAtServer };
}

/** Reads the `gateways` option: a policy on top of the module's defaults, or `false`. */
function readGateways(
  value: unknown,
  place: OptionPlace,
  defaults: EffectivePolicy,
  named: NamedPolicies,
): EffectivePolicy {
  const definedBy = { kind: 'gateways' } as const;
  if (value === undefined) {
    return defaults;
  }
  return value === false
    ? externalPolicy('gateways (external)', definedBy, place.path)
    : named.apply(value, defaults, { label: 'gateways', definedBy, place });
}

function readConnections(value: unknown, place: OptionPlace, closeRevokedByDefault: boolean): ConnectionSettings {
  const example = `{ closeRevoked: ${!closeRevokedByDefault} }`;
  const options = place.record(value === undefined ? {} : value, 'an object', `an object such as ${example}`);
  place.unknownOptions(options, ['closeRevoked']);
  const { closeRevoked } = options;
  return {
    closeRevoked:
      closeRevoked === undefined ? closeRevokedByDefault : place.option('closeRevoked').boolean(closeRevoked),
  };
}
