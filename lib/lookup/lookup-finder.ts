import { Scope, type Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import type { OriginList, OriginLookup, OriginLookupOption } from '../options/index.js';
import { takesCallback } from '../policy/callback-form.js';
import type { EffectivePolicy } from '../policy/effective-policy.js';
import { answersForOrigins } from '../policy/origin-option.js';
import { INVALID, problemAt, worded } from '../policy/problems.js';
import type { CorsConfigurationProblem } from '../options/problem.js';

/** Finds the lookups and lists that policies name in the container, and returns the problems of the others. */
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
      problems.push(worded('invalid-value', policy.fields.originLookup.path, option, INVALID.callback));
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
  const { path } = policy.fields.originLookup;
  // Nest also takes abstract classes as tokens, although the type of introspect() does not.
  const token = option as Type<OriginLookup>;
  let lookup: unknown;
  try {
    // A lookup is called before any request scope exists, and requests share its results.
    if (moduleRef.introspect(token).scope !== Scope.DEFAULT) {
      return { problem: problemAt('lookup-not-singleton', path, option) };
    }
    lookup = moduleRef.get(token, { strict: false });
  } catch {
    return { problem: problemAt('lookup-not-found', path, option) };
  }
  return answersForOrigins(lookup)
    ? { lookup }
    : { problem: worded('invalid-value', path, option, INVALID.lookupWithoutMethod(option)) };
}
