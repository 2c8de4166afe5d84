import { Logger } from '@nestjs/common';
import { CALLBACK_HINT } from '../policy/callback-form.js';
import { printable } from '../support/secrets/printable.js';
import { describeError, describeFailure, describeType } from '../support/log-line.js';
import { LogThrottle, repeatedInWords } from '../support/log-throttle.js';
import type { LookupFailure } from './lookup-failure.js';

/** The most causes that are distinguished, because names and codes of errors come from application code. */
const MAX_CAUSES = 256;
/** The most causes of one kind of failure of one lookup: a flood of them must not hide the failures of other lookups. */
const MAX_CAUSES_OF_PLACE = 16;
const MAX_IDENTITY_LENGTH = 200;
const MAX_LINE_LENGTH = 500;
/** The lookup works, and returns an unusable value or is called too often. */
const WARNINGS: ReadonlySet<LookupFailure['kind']> = new Set([
  'not-boolean',
  'not-asked',
  'overloaded',
  'tenant-not-string',
]);

/** Logs the failures of lookups, once per cause and minute: a database that is down fails every request. */
export class LookupFailureLog {
  private readonly throttle = new LogThrottle(MAX_CAUSES);

  constructor(private readonly logger: Pick<Logger, 'error' | 'warn'> = new Logger('CorsModule')) {}

  /** A {@link ReportLookupFailure}, which keeps the origin out of the line. Never throws. */
  readonly report = (subject: string, failure: LookupFailure, origin: string): void => {
    try {
      this.write(subject, failure, origin);
    } catch {
      // The logger has failed: the origin stays refused, without a log line.
    }
  };

  private write(subject: string, failure: LookupFailure, origin: string): void {
    const keepsAccess = 'keepsAccess' in failure && failure.keepsAccess === true;
    const suppressed = this.throttle.pass(
      this.keyOf(`${subject}|${failure.kind}|${keepsAccess}|`, errorIdentity(failure)),
    );
    if (suppressed === undefined) {
      return;
    }
    const line = `${withoutOrigin(describe(subject, failure), origin)}${repeatedInWords(suppressed)}`;
    if (WARNINGS.has(failure.kind)) {
      this.logger.warn(line);
    } else {
      this.logger.error(line);
    }
  }

  /** Names and codes of errors may come from a client. Beyond a bound, all of them are one cause. */
  private keyOf(place: string, identity: string): string {
    const key = `${place}${identity.slice(0, MAX_IDENTITY_LENGTH)}`;
    const isKnown = this.throttle.has(key) || this.throttle.countQuiet(place) < MAX_CAUSES_OF_PLACE;
    return isKnown ? key : `${place}*`;
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
      return (
        `Requests from unknown origins needed more than ${failure.missesPerSecond} calls a second of ${subject} ` +
        '(cache.missesPerSecond), so the other unknown origins were refused without a call'
      );
    case 'overloaded':
      return (
        `${subject} is too slow for its requests: calls waited ${failure.timeout} ms (lookupTimeout) while ${failure.concurrency} ` +
        '(lookupConcurrency) were under way. They were not made, and origins without a cached result were refused. ' +
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
  // Without the message, which may differ each time.
  return describeError(failure.error).split(':', 1).join();
}

/** One line without the origin in any form. The line is cut after that, because half an origin would not be found. */
function withoutOrigin(line: string, origin: string): string {
  const host = origin.replace(/^[^/]*\/\//, '');
  const hidden = [origin, encodeURIComponent(origin), host].reduce(
    (text, secret) => text.replaceAll(secret, '<origin>'),
    line,
  );
  return printable(hidden, MAX_LINE_LENGTH);
}
