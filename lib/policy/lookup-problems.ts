import type { OriginLookupOption } from '../options/index.js';
import type { EffectivePolicy } from './effective-policy.js';
import type { CorsConfigurationProblem } from '../options/problem.js';

/** The token names no provider of the application. */
export function lookupNotFound(option: OriginLookupOption, policy: EffectivePolicy): CorsConfigurationProblem {
  const name = tokenName(option);
  if (typeof option === 'function' && option.prototype === undefined) {
    return {
      code: 'lookup-not-found',
      path: policy.fields.originLookup.path,
      value: option,
      message: 'A function is no class, so no module of the application can provide it.',
      hint: 'Write the function as `origin`, or name the class of a provider that has an isOriginAllowed() method.',
    };
  }
  return {
    code: 'lookup-not-found',
    path: policy.fields.originLookup.path,
    value: option,
    message: `No module of the application provides ${name}.`,
    hint: `Add ${name} to the providers of a module that the application imports, or name another token.`,
  };
}

/** The provider is request-scoped or transient. */
export function lookupNotSingleton(option: OriginLookupOption, policy: EffectivePolicy): CorsConfigurationProblem {
  const name = tokenName(option);
  return {
    code: 'lookup-not-singleton',
    path: policy.fields.originLookup.path,
    value: option,
    message: `${name} is request-scoped or transient, or depends on such a provider: it is asked before any request scope exists.`,
    hint: `Make ${name} a singleton (Scope.DEFAULT). What it needs of a request comes as "context.tenant", from the policy's "tenant" function.`,
  };
}

/** The provider is there, but is neither a lookup nor a list. */
export function lookupWithoutMethod(option: OriginLookupOption, policy: EffectivePolicy): CorsConfigurationProblem {
  const name = tokenName(option);
  return {
    code: 'invalid-value',
    path: policy.fields.originLookup.path,
    value: option,
    message: `The provider of ${name} has neither an isOriginAllowed() nor a loadOrigins() method.`,
    hint: 'Have it implement OriginLookup: isOriginAllowed(origin, context) answers true or false, or a promise of it. Or OriginList: loadOrigins(context) returns all rows.',
  };
}

function tokenName(option: OriginLookupOption): string {
  return typeof option === 'function' ? option.name : String(option);
}
