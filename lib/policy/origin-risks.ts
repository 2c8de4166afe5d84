import { isInsecureOrigin } from '../origin/insecure-origin.js';
import type { OriginInspection } from '../origin/origin-entry.js';
import { coveredPublicSuffix } from '../origin/public-suffix.js';
import type { TolerableProblemCode } from '../options/problem.js';

/** Something unsafe about an entry of an `origin` list, which a policy may tolerate. */
export interface OriginRisk {
  readonly code: TolerableProblemCode;
  /** Of an expression: an origin that it lets in and should not. */
  readonly letsIn?: string | undefined;
  /** Of an expression: whether it could not be checked. */
  readonly unknown?: true;
  /** Of an expression: whether it lets in every origin. */
  readonly everything?: boolean;
  /** Of an expression: the domains that it spells out. */
  readonly names?: readonly string[];
  /** Of an expression: the public suffix that it lets in names below. */
  readonly suffix?: string;
}

/** What is unsafe about an origin: the end of a sentence that begins with it, and what to write instead. */
export interface DescribedRisk {
  readonly fact: string;
  readonly remedy: string;
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
