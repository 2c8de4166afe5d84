import { isNonstandardOrigin } from './nonstandard-origin.js';
import { type OriginPattern, OriginPatternIndex, parseOriginPattern } from './origin-pattern.js';
import { parseSerializedOrigin } from './serialized-origin.js';

/** A compiled list of allowed origins. */
export interface OriginMatcher {
  /** Whether `origin`, the raw value of a request's `Origin` header, is in the list. Never throws. */
  allows(origin: string): boolean;
}

/**
 * Compiles the entries of an `origin` list: exact origins, patterns, RegExps and, where the policy allows them, `null` and
 * nonstandard origins. Any other string allows nothing.
 */
export function compileOrigins(entries: readonly (string | RegExp)[]): OriginMatcher {
  const exact = new Set<string>();
  const patterns: OriginPattern[] = [];
  const expressions: RegExp[] = [];
  for (const entry of entries) {
    if (typeof entry !== 'string') {
      expressions.push(withoutState(entry));
    } else if (entry === 'null' || parseSerializedOrigin(entry) !== undefined || isNonstandardOrigin(entry)) {
      exact.add(entry);
    } else {
      const pattern = parseOriginPattern(entry);
      if (pattern !== undefined) {
        patterns.push(pattern);
      }
    }
  }
  if (patterns.length === 0 && expressions.length === 0) {
    return { allows: (origin) => exact.has(origin) };
  }
  const index = new OriginPatternIndex(patterns);
  return {
    allows(origin) {
      if (exact.has(origin)) {
        return true;
      }
      const parsed = parseSerializedOrigin(origin);
      return (
        parsed !== undefined && (index.allows(parsed) || expressions.some((expression) => expression.test(origin)))
      );
    },
  };
}

/** With `g` or `y`, `lastIndex` would make every other test of an origin fail. */
function withoutState(expression: RegExp): RegExp {
  return new RegExp(expression.source, expression.flags.replace(/[gy]/g, ''));
}
