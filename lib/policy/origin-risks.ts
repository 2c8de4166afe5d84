import { hasUnescapedDot, isAnchored, isSlow } from '../origin/anchored-regexp.js';
import { isInsecureOrigin, spellsOutHttp } from '../origin/insecure-origin.js';
import type { OriginInspection } from '../origin/origin-entry.js';
import { coveredPublicSuffix } from '../origin/public-suffix.js';
import type { TolerableProblemCode } from './problem.js';

/** What is unsafe about an expression. */
export function risksOfExpression(expression: RegExp): readonly TolerableProblemCode[] {
  return [
    ...(isAnchored(expression) ? [] : (['unanchored-regexp'] as const)),
    ...(hasUnescapedDot(expression) ? (['unescaped-dot'] as const) : []),
    ...(isSlow(expression) ? (['slow-regexp'] as const) : []),
    ...(spellsOutHttp(expression) ? (['insecure-origin'] as const) : []),
  ];
}

/** What is unsafe about an origin or a pattern; `insecure-origin` only matters with credentials. */
export function risksOfOrigin(
  inspection: Extract<OriginInspection, { readonly kind: 'origin' | 'pattern' | 'null' | 'nonstandard' }>,
): readonly TolerableProblemCode[] {
  switch (inspection.kind) {
    case 'null':
      return ['null-origin'];
    case 'nonstandard':
      return ['nonstandard-origin'];
    case 'origin':
      return isInsecureOrigin(inspection.origin) ? ['insecure-origin'] : [];
    case 'pattern': {
      const { pattern } = inspection;
      return [
        ...(coveredPublicSuffix(pattern) !== undefined ? (['public-suffix'] as const) : []),
        ...(isInsecureOrigin(pattern) ? (['insecure-origin'] as const) : []),
      ];
    }
  }
}
