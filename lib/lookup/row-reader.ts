import type { OriginRow, OriginRowProblem } from '../options/index.js';
import { inspectOrigin } from '../origin/origin-entry.js';
import type { OriginPattern } from '../origin/origin-pattern.js';
import { coveredPublicSuffix } from '../origin/public-suffix.js';
import { malformedOrigin, publicSuffixFact } from '../policy/origin-problems.js';
import type { CorsProblemCode, AllowableProblemCode } from '../options/problem.js';
import { quoted } from '../support/quoted.js';

/** A row that allows something. */
export interface ReadRow {
  /** The origin or pattern as it is written. */
  readonly text: string;
  /** `undefined`: an exact origin. */
  readonly pattern: OriginPattern | undefined;
  /** `''`: every tenant. */
  readonly tenant: string;
}

/**
 * Reads one row of a store, of any type. Never throws.
 * @param place the name of a row without an `id`
 * @param allowedCodes Problems that a policy of the application allows. A row that no policy can allow is skipped.
 */
export function readRow(
  stored: unknown,
  place: number | string,
  allowedCodes: readonly AllowableProblemCode[] = [],
): ReadRow | OriginRowProblem {
  try {
    return readFields(stored, place, allowedCodes);
  } catch {
    return skipped('invalid-value', quoted(place), 'Its fields cannot be read', 'Return plain objects.');
  }
}

function readFields(
  stored: unknown,
  place: number | string,
  allowedCodes: readonly AllowableProblemCode[],
): ReadRow | OriginRowProblem {
  const given = typeof stored === 'string' ? { origin: stored } : ((stored ?? {}) as Partial<OriginRow>);
  const { origin, tenant, id } = given as Readonly<Record<keyof OriginRow, unknown>>;
  const row = quoted(id ?? place);
  if (typeof origin !== 'string') {
    return skipped('invalid-value', row, `${quoted(origin)} is not a string`, 'Store the origin as a string.');
  }
  if (tenant !== undefined && tenant !== null && typeof tenant !== 'string') {
    return skipped(
      'invalid-value',
      row,
      `Its tenant, ${quoted(tenant)}, is not a string`,
      'Return the tenant as a string.',
    );
  }
  const inspection = inspectOrigin(origin);
  switch (inspection.kind) {
    case 'origin':
      return { text: origin, pattern: undefined, tenant: tenant ?? '' };
    case 'pattern': {
      const suffix = coveredPublicSuffix(inspection.pattern);
      return suffix === undefined
        ? { text: origin, pattern: inspection.pattern, tenant: tenant ?? '' }
        : skipped(
            'public-suffix',
            row,
            `${quoted(origin)} would allow strangers. ${publicSuffixFact(inspection.pattern, suffix).slice(0, -1)}`,
            'Put a domain of your own before the suffix.',
          );
    }
    case 'nonstandard':
      return allowedCodes.includes('nonstandard-origin')
        ? { text: origin, pattern: undefined, tenant: tenant ?? '' }
        : skipped(
            'nonstandard-origin',
            row,
            `${quoted(origin)} has no host of its own, and no policy allows that`,
            "Delete the row, or add 'nonstandard-origin' to the policy's dangerouslyAllow.",
          );
    case 'null':
      return skipped('null-origin', row, '"null" is what every sandboxed frame sends', 'Delete the row.');
    case 'wildcard':
      return skipped(
        'wildcard-in-list',
        row,
        '"*" is not an origin',
        "Delete the row; `origin: '*'` is for the policy.",
      );
    case 'malformed': {
      const { code, message, hint } = malformedOrigin('origin', origin, inspection);
      return { code, row, message, hint };
    }
  }
}

export function isSkipped(row: ReadRow | OriginRowProblem): row is OriginRowProblem {
  return 'code' in row;
}

function skipped(code: CorsProblemCode, row: string, fact: string, hint: string): OriginRowProblem {
  return { code, row, message: `${fact}.`, hint };
}
