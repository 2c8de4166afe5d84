import { type OriginMatcher, OriginMatcherBuilder } from '../../lib/origin/origin-matcher.js';

/** The matcher of a whole list. */
export function compileOrigins(entries: readonly (string | RegExp)[]): OriginMatcher {
  const builder = new OriginMatcherBuilder();
  entries.forEach((entry) => builder.add(entry));
  return builder.build();
}
