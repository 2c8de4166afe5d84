import type { OriginLookup, OriginLookupContext, OriginPredicate } from '../options/index.js';
import type { ApplicationAnswer } from '../decision/origin-verdict.js';
import { failedAtCallback, hasSecondParameter } from '../policy/callback-form.js';
import { Deadline } from './deadline.js';
import type { ReportLookupFailure } from '../logging/lookup-failure.js';
import type { OpenQuestions } from './open-questions.js';
import { isThenable } from '../support/thenable.js';

/** An answer, at once where it takes no I/O. */
export type Answer = ApplicationAnswer | Promise<ApplicationAnswer>;

/** Whose answer it is, and how long it may take. */
export interface Questioned {
  readonly source: OriginLookup | OriginPredicate;
  /** What log lines call it. */
  readonly subject: string;
  /** The `policy` of the {@link OriginLookupContext}. */
  readonly policy: string;
  /** In milliseconds. */
  readonly timeout: number;
  readonly report: ReportLookupFailure;
  readonly open: OpenQuestions;
}

const EXPIRED = Symbol('expired');

/**
 * Puts one question to the application's own code. Never throws and never rejects.
 *
 * Fails closed: only `true` allows. An exception, a rejection, silence beyond the deadline and any other answer are
 * refusals, reported and never passed on.
 *
 * @param onSettled told when the application's promise has settled: with its answer where that comes after the deadline
 */
export function putQuestion(
  questioned: Questioned,
  origin: string,
  tenant: string | undefined,
  onSettled?: (late: ApplicationAnswer | undefined) => void,
): Answer {
  const { source, subject, policy, timeout, report, open } = questioned;
  const deadline = new Deadline(timeout);
  const context: OriginLookupContext = {
    tenant,
    policy,
    get signal() {
      return deadline.signal;
    },
  };
  const fail = (error: unknown): ApplicationAnswer => {
    const mayTakeCallback = failedAtCallback(functionOf(source), error);
    report(subject, { kind: 'threw', error, ...(mayTakeCallback ? { mayTakeCallback } : {}) }, origin);
    return 'failed';
  };
  try {
    const answer: unknown =
      typeof source === 'function' ? source(origin, context) : source.isOriginAllowed(origin, context);
    if (!isThenable(answer)) {
      return judge(answer, questioned, origin);
    }
    open.add(deadline);
    const pending = Promise.resolve(answer);
    let isLate = false;
    if (onSettled !== undefined) {
      pending.then(
        (value) => onSettled(isLate ? meaningOf(value) : undefined),
        () => onSettled(undefined),
      );
    }
    const onExpiry = (): typeof EXPIRED => {
      isLate = true;
      return EXPIRED;
    };
    return deadline
      .race<unknown>(pending, onExpiry)
      .finally(() => open.delete(deadline))
      .then((value) => judge(value, questioned, origin))
      .catch(fail);
  } catch (error) {
    return fail(error);
  }
}

/** What is called, for those who want to know how it is written. */
function functionOf(source: Questioned['source']): unknown {
  return typeof source === 'function' ? source : source.isOriginAllowed;
}

function judge(answer: unknown, questioned: Questioned, origin: string): ApplicationAnswer {
  const { source, subject, timeout, report, open } = questioned;
  if (answer === EXPIRED) {
    if (!open.areAbandoned) {
      report(subject, { kind: 'timed-out', timeout }, origin);
    }
    return 'timed-out';
  }
  const meaning = meaningOf(answer);
  if (meaning === 'not-boolean') {
    const mayTakeCallback = answer === undefined && hasSecondParameter(functionOf(source));
    report(subject, { kind: 'not-boolean', answer, ...(mayTakeCallback ? { mayTakeCallback } : {}) }, origin);
  }
  return meaning;
}

function meaningOf(answer: unknown): 'allowed' | 'refused' | 'not-boolean' {
  if (typeof answer === 'boolean') {
    return answer ? 'allowed' : 'refused';
  }
  return 'not-boolean';
}
