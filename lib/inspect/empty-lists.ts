import type { Logger } from '@nestjs/common';
import type { EffectivePolicy } from '../policy/effective-policy.js';

/** Places that the warning names. */
const MAX_SHOWN = 5;

/**
 * The `origin` fields, as in a problem's `path`, whose empty list leaves a policy without any origin. Lists beside an
 * `originLookup` are left out, because the lookup decides. So are those of a `shadow`, which refuses no request.
 */
function emptyLists(policies: ReadonlySet<EffectivePolicy>): readonly string[] {
  const shadows = new Set([...policies].map(({ shadow }) => shadow));
  const empty = [...policies].filter(
    (policy) =>
      !shadows.has(policy) &&
      policy.fields.origin.value.kind === 'none' &&
      policy.fields.origin.value.isEmptyList === true &&
      policy.fields.originLookup.value === undefined,
  );
  return [...new Set(empty.map(({ fields }) => fields.origin.path))];
}

/** Warns of them at boot, in one line: without it, an unset variable shows at the first request of a page. */
export function warnOfEmptyLists(policies: ReadonlySet<EffectivePolicy>, logger: Pick<Logger, 'warn'>): void {
  const paths = emptyLists(policies);
  if (paths.length > 0) {
    const others = paths.length > MAX_SHOWN ? ` and ${paths.length - MAX_SHOWN} more` : '';
    const places = `${paths.slice(0, MAX_SHOWN).join(', ')}${others}`;
    logger.warn(
      `An empty list of origins gives no other origin access: ${places}. Is the variable that it is read from set, and loaded ` +
        'before the options are read? If you mean it, write `origin: false`.',
    );
  }
}
