import { Scope, type Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import type { OriginList, OriginLookup, OriginLookupOption } from '../options/index.js';
import { callbackForm, takesCallback } from '../policy/callback-form.js';
import type { EffectivePolicy } from '../policy/effective-policy.js';
import { answersForOrigins } from '../policy/origin-option.js';
import { lookupNotFound, lookupNotSingleton, lookupWithoutMethod } from '../policy/lookup-problems.js';
import type { CorsConfigurationProblem } from '../options/problem.js';

/** Finds the lookups and lists that policies name in the application's container, and returns what is wrong with the others. */
export function findLookups(
  policies: Iterable<EffectivePolicy>,
  moduleRef: ModuleRef,
  found: Map<OriginLookupOption, OriginLookup | OriginList>,
): CorsConfigurationProblem[] {
  const problems: CorsConfigurationProblem[] = [];
  const seen = new Set<OriginLookupOption>();
  for (const policy of policies) {
    const option = policy.fields.originLookup.value;
    if (option === undefined || seen.has(option)) {
      continue;
    }
    seen.add(option);
    const outcome = findLookup(option, policy, moduleRef);
    if (outcome.problem !== undefined) {
      problems.push(outcome.problem);
    } else if (takesCallback((outcome.lookup as Partial<OriginLookup>).isOriginAllowed)) {
      problems.push(callbackForm(policy.fields.originLookup.path, option));
    } else {
      found.set(option, outcome.lookup);
    }
  }
  return problems;
}

type Outcome =
  | { readonly lookup: OriginLookup | OriginList; readonly problem?: undefined }
  | { readonly problem: CorsConfigurationProblem };

function findLookup(option: OriginLookupOption, policy: EffectivePolicy, moduleRef: ModuleRef): Outcome {
  if (typeof option === 'object') {
    return { lookup: option };
  }
  // Nest takes abstract classes for tokens too; introspect() just does not say so.
  const token = option as Type<OriginLookup>;
  let lookup: unknown;
  try {
    // A lookup answers before any request scope exists, and its answers are shared between requests.
    if (moduleRef.introspect(token).scope !== Scope.DEFAULT) {
      return { problem: lookupNotSingleton(option, policy) };
    }
    lookup = moduleRef.get(token, { strict: false });
  } catch {
    return { problem: lookupNotFound(option, policy) };
  }
  return answersForOrigins(lookup) ? { lookup } : { problem: lookupWithoutMethod(option, policy) };
}
