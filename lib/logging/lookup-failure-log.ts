import { Logger } from '@nestjs/common';
import type { LookupFailure } from './lookup-failure.js';
import { CALLBACK_HINT } from '../policy/callback-form.js';
import { printable } from '../support/secrets/printable.js';
import { describeError, describeFailure, describeType } from '../support/log-line.js';

/** How long a cause stays quiet after it was logged, in milliseconds. */
const QUIET_PERIOD = 60_000;
/** Causes that are remembered: error names and codes come from application code, so they are few, yet not bounded. */
const MAX_CAUSES = 256;
/** Causes of one kind of failure of one lookup that are told apart: a flood of them must not hide other lookups' failures. */
const MAX_CAUSES_OF_PLACE = 16;
const MAX_IDENTITY_LENGTH = 200;
const MAX_LINE_LENGTH = 500;
/** The lookup is in order: what is wrong is its answer, or who asks. */
const WARNINGS: ReadonlySet<LookupFailure['kind']> = new Set([
  'not-boolean',
  'not-asked',
  'overloaded',
  'tenant-not-string',
]);

/**
 * Logs what goes wrong in lookups, once per cause: a database that is down fails every request, and its log line must
 * not. A cause that lasts is logged again after a minute, with the number of times it happened meanwhile.
 */
export class LookupFailureLog {
  private readonly causes = new Map<string, { loggedAt: number; since: number }>();

  constructor(private readonly logger: Pick<Logger, 'error' | 'warn'> = new Logger('CorsModule')) {}

  /** A {@link ReportLookupFailure}; takes the origin only in order to keep it out of the log. Never throws. */
  readonly report = (subject: string, failure: LookupFailure, origin: string): void => {
    try {
      this.write(subject, failure, origin);
    } catch {
      // A logger that fails: the refusal stands without its line.
    }
  };

  private write(subject: string, failure: LookupFailure, origin: string): void {
    const keepsAccess = 'keepsAccess' in failure && failure.keepsAccess === true;
    const now = Date.now();
    const key = this.keyOf(`${subject}|${failure.kind}|${keepsAccess}|`, errorIdentity(failure), now);
    const known = this.causes.get(key);
    if (known !== undefined && now - known.loggedAt < QUIET_PERIOD) {
      known.since++;
      return;
    }
    const repeated = known?.since ? ` (and ${known.since} times since it was last logged)` : '';
    if (known === undefined && this.causes.size >= MAX_CAUSES) {
      this.causes.delete([...this.causes.keys()][0] as string);
    }
    // Anew, so that the first one is that which was logged the longest time ago.
    this.causes.delete(key);
    this.causes.set(key, { loggedAt: now, since: 0 });
    const line = `${withoutOrigin(describe(subject, failure), origin)}${repeated}`;
    if (WARNINGS.has(failure.kind)) {
      this.logger.warn(line);
    } else {
      this.logger.error(line);
    }
  }

  /** Names and codes of errors may come from what a client sent: beyond some of them, all are one cause. */
  private keyOf(place: string, identity: string, now: number): string {
    const key = `${place}${identity.slice(0, MAX_IDENTITY_LENGTH)}`;
    if (this.causes.has(key)) {
      return key;
    }
    const ofPlace = [...this.causes].filter(([known]) => known.startsWith(place));
    const quiet = ofPlace.filter(([, { loggedAt }]) => now - loggedAt >= QUIET_PERIOD);
    quiet.forEach(([known]) => this.causes.delete(known));
    return ofPlace.length - quiet.length < MAX_CAUSES_OF_PLACE ? key : `${place}*`;
  }
}

function describe(subject: string, failure: LookupFailure): string {
  switch (failure.kind) {
    case 'threw':
      return `${subject} failed, so the origin ${outcomeOf(failure)}: ${describeFailure(failure.error)}${callbackHint(failure)}`;
    case 'timed-out':
      return `${subject} gave no answer within ${failure.timeout} ms (lookupTimeout), so the origin ${outcomeOf(failure)}`;
    case 'not-boolean':
      return `${subject} answered with ${describeType(failure.answer)} instead of true or false, so the origin was refused: only true allows${callbackHint(failure)}`;
    case 'not-asked':
      return `More than ${failure.missesPerSecond} origins a second (cache.missesPerSecond) were asked about that ${subject} has not allowed before, so unknown origins were refused without asking`;
    case 'overloaded':
      return (
        `${subject} is slower than it is asked: calls waited ${failure.timeout} ms (lookupTimeout) while ${failure.concurrency} ` +
        '(lookupConcurrency) were under way, so they were not made, and origins were refused that had no cached result to go on with. ' +
        'Make the lookup faster, or raise lookupConcurrency.'
      );
    case 'tenant-threw':
      return `${subject} failed, so the origin was refused: ${describeError(failure.error)}`;
    case 'tenant-not-string':
      return `${subject} returned ${describeType(failure.tenant)} instead of a string or undefined, so the origin was refused`;
  }
}

function callbackHint({ mayTakeCallback }: { readonly mayTakeCallback?: boolean }): string {
  return mayTakeCallback === true ? `. ${CALLBACK_HINT}` : '';
}

function outcomeOf({ keepsAccess }: { readonly keepsAccess?: boolean }): string {
  return keepsAccess === true ? 'keeps its access by a cached result (cache.staleIfError)' : 'was refused';
}

function errorIdentity(failure: LookupFailure): string {
  if (failure.kind !== 'threw' && failure.kind !== 'tenant-threw') {
    return '';
  }
  // Up to the first message, which may be another one each time.
  return describeError(failure.error).split(':', 1).join();
}

/** One line that has the origin in no form. It is hidden before the line is cut: half of it would not be found. */
function withoutOrigin(line: string, origin: string): string {
  const host = origin.replace(/^[^/]*\/\//, '');
  const hidden = [origin, encodeURIComponent(origin), host].reduce(
    (text, secret) => text.replaceAll(secret, '<origin>'),
    line,
  );
  return printable(hidden, MAX_LINE_LENGTH);
}
