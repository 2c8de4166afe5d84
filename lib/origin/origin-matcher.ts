import { isNonstandardOrigin } from './nonstandard-origin.js';
import { type OriginPattern, OriginPatternIndex, parseOriginPattern } from './origin-pattern.js';
import { parseSerializedOrigin } from './serialized-origin.js';

/** A compiled list of allowed origins. */
export interface OriginMatcher {
  /** Whether `origin`, the raw value of a request's `Origin` header, is in the list. Never throws. */
  allows(origin: string): boolean;
}

/**
 * Compiles the entries of an `origin` list, one by one: exact origins, patterns, RegExps and, where the policy allows them, `null`
 * and nonstandard origins. Any other string allows nothing.
 */
export class OriginMatcherBuilder {
  readonly #exact = new Set<string>();
  readonly #patterns: OriginPattern[] = [];
  readonly #expressions: RegExp[] = [];

  add(entry: string | RegExp): void {
    if (typeof entry !== 'string') {
      this.#expressions.push(withoutState(entry));
    } else if (entry === 'null' || parseSerializedOrigin(entry) !== undefined || isNonstandardOrigin(entry)) {
      this.#exact.add(entry);
    } else {
      const pattern = parseOriginPattern(entry);
      if (pattern !== undefined) {
        this.#patterns.push(pattern);
      }
    }
  }

  build(): OriginMatcher {
    const exact = this.#exact;
    const expressions = this.#expressions;
    if (this.#patterns.length === 0 && expressions.length === 0) {
      return { allows: (origin) => exact.has(origin) };
    }
    const index = new OriginPatternIndex(this.#patterns);
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
}

/** With `g` or `y`, `lastIndex` would make every other test of an origin fail. */
function withoutState(expression: RegExp): RegExp {
  return new RegExp(expression.source, expression.flags.replace(/[gy]/g, ''));
}
