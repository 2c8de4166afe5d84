import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { readClassEntries, readMethodEntries, readOverriddenEntries } from '../decorators/policy-metadata.js';
import type { EffectivePolicy } from '../policy/effective-policy.js';
import { PATH_METADATA } from '../routing/nest-controllers.js';
import type { CorsPolicyRegistry } from '../routing/policy-registry.js';
import { type CorsAuditFinding, finding } from './audit-finding.js';

/** Chromium's bound, the lowest of the browsers that have one. */
const MAX_AGE_OF_CHROMIUM = 7200;

/** The risky fields of one policy. */
export function doubtfulPolicies({ label, fields }: EffectivePolicy): CorsAuditFinding[] {
  const { origin, credentials, originLookup, maxAge } = fields;
  const values = origin.value.kind === 'list' && credentials.value ? origin.value.values : [];
  const broad = values.filter((value) => typeof value !== 'string' || value.includes('*'));
  const findings: CorsAuditFinding[] = [];
  if (broad.length > 0) {
    const origins = broad.map(String).join(', ');
    const message = `${origins} may send credentials: a page on any such origin acts as its visitors.`;
    findings.push(finding('broad-origin-with-credentials', label, message));
  }
  if (origin.value.kind === 'any' && originLookup.value !== undefined) {
    const message = "The lookup is never called, because origin: '*' allows every origin.";
    findings.push(finding('pointless-lookup', label, message));
  }
  if ((maxAge.value ?? 0) > MAX_AGE_OF_CHROMIUM) {
    const message = `maxAge ${maxAge.value}: Chromium caches a preflight for 7200 seconds at most, and a removed origin keeps its access for that long.`;
    findings.push(finding('max-age-beyond-browsers', label, message));
  }
  return findings;
}

export function unusedPolicies({ catalog, handlers, gateways, paths }: CorsPolicyRegistry): CorsAuditFinding[] {
  const placed = [...paths, ...handlers, ...gateways].map(({ policy }) => policy);
  const inUse = new Set([catalog.defaults, ...placed]);
  const levels = [...inUse].flatMap(({ fields }) => Object.values(fields).map(({ definedBy }) => definedBy));
  const extended = new Set(
    levels.map((level) => (level.kind === 'named' ? `policy ${JSON.stringify(level.name)}` : undefined)),
  );
  return catalog.named
    .filter((policy) => !inUse.has(policy) && !extended.has(policy.label))
    .map(({ label }) => finding('unused-policy', label, `No route, no gateway and no path uses ${label}.`));
}

export function externalPaths({ paths }: CorsPolicyRegistry): CorsAuditFinding[] {
  return paths
    .filter(({ policy }) => policy.external === true)
    .map(({ path, policy: { label } }) => {
      const message = `The application that serves ${path} does CORS by itself; nestjs-cors checks nothing there, WebSockets included.`;
      return finding('external-path', label, message);
    });
}

export function overriddenDecorators({ handlers }: CorsPolicyRegistry): CorsAuditFinding[] {
  return handlers
    .filter(({ controller, methodName }) => readMethodEntries(controller, methodName).length === 0)
    .filter(({ controller, methodName }) => readOverriddenEntries(controller, methodName).length > 0)
    .map(({ controller, methodName, policy }) => {
      const message = `It overrides a method that has a CORS decorator, and has none itself: ${policy.label} is its policy.`;
      return finding('overridden-decorator', `${controller.name}.${methodName}`, message);
    });
}

/** Classes and methods that have a CORS decorator, while neither HTTP requests nor handshakes are routed to them. */
export function strayDecorators(modules: ModulesContainer, registry: CorsPolicyRegistry): CorsAuditFinding[] {
  const gateways = new Set<unknown>(registry.gateways.map(({ gateway }) => gateway));
  const subjects = new Set<string>();
  for (const { controllers, providers } of modules.values()) {
    for (const { metatype } of controllers.values()) {
      decoratedMethods(metatype, 'unrouted').forEach((subject) => subjects.add(subject));
    }
    for (const { metatype } of providers.values()) {
      if (isClass(metatype) && !controllers.has(metatype) && !gateways.has(metatype)) {
        const own = readClassEntries(metatype).length > 0 ? [metatype.name] : [];
        [...own, ...decoratedMethods(metatype, 'all')].forEach((subject) => subjects.add(subject));
      }
    }
  }
  return [...subjects].map((subject) => {
    const message = `The CORS decorator on ${subject} has no effect: no HTTP request is routed there.`;
    return finding('policy-without-route', subject, message);
  });
}

type Class = new (...args: never[]) => unknown;

/** A factory provider has a function in the place of its class; only a class has methods to decorate. */
function isClass(metatype: unknown): metatype is Class {
  return typeof metatype === 'function' && typeof metatype.prototype === 'object' && metatype.prototype !== null;
}

function decoratedMethods(owner: unknown, which: 'all' | 'unrouted'): string[] {
  if (!isClass(owner)) {
    return [];
  }
  const prototype = owner.prototype as Record<string, object>;
  const isUnrouted = (name: string) => !Reflect.hasMetadata(PATH_METADATA, prototype[name] as object);
  return new MetadataScanner()
    .getAllMethodNames(prototype)
    .filter((name) => readMethodEntries(owner, name).length > 0 && (which === 'all' || isUnrouted(name)))
    .map((name) => `${owner.name}.${name}`);
}
