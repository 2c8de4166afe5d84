import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { OriginLookup, OriginLookupContext } from '../../lib/options/index.js';
import type { ReportLookupFailure } from '../../lib/logging/lookup-failure.js';
import { OriginInquiry } from '../../lib/lookup/origin-inquiry.js';
import { OriginSources } from '../../lib/lookup/origin-sources.js';
import { policy } from '../decision/policies.js';
import { LOOKUP_SETTINGS } from './settings.js';

const ORIGIN = 'https://a.example';
const request = () => ({ method: 'GET', path: '/', params: {}, host: 'h', origin: ORIGIN });

describe('an inquiry', () => {
  const report = jest.fn<ReportLookupFailure>();
  let inquiry: OriginInquiry;

  beforeEach(() => {
    report.mockClear();
    inquiry = new OriginInquiry(
      new OriginSources({ ...LOOKUP_SETTINGS, timeout: 1000, cache: undefined }, report),
      report,
    );
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('puts the same question once', async () => {
    const isOriginAllowed = jest.fn(() => Promise.resolve(true));
    const lookup: OriginLookup = { isOriginAllowed };
    const answers = await Promise.all([
      inquiry.ask(lookup, policy(), ORIGIN, request),
      inquiry.ask(lookup, policy(), ORIGIN, request),
    ]);
    expect(answers).toEqual(['allowed', 'allowed']);
    expect(isOriginAllowed).toHaveBeenCalledTimes(1);
  });

  it('puts another question for another tenant, and for another policy', () => {
    const isOriginAllowed = jest.fn(() => true);
    const lookup: OriginLookup = { isOriginAllowed };
    inquiry.ask(lookup, policy({ tenant: () => 'a' }), ORIGIN, request);
    inquiry.ask(lookup, policy({ tenant: () => 'b' }), ORIGIN, request);
    inquiry.ask(lookup, policy({ tenant: () => 'a', name: 'partners' }), ORIGIN, request);
    expect(isOriginAllowed).toHaveBeenCalledTimes(3);
  });

  it('answers synchronously where the application does', () => {
    expect(inquiry.ask(() => true, policy(), ORIGIN, request)).toBe('allowed');
    expect(inquiry.ask(() => false, policy(), ORIGIN, request)).toBe('refused');
    expect(report).not.toHaveBeenCalled();
  });

  it('refuses at the deadline, aborts the signal, and ignores what comes later', async () => {
    jest.useFakeTimers();
    let context: OriginLookupContext | undefined;
    let answerLate: (allowed: boolean) => void = () => {};
    const answer = inquiry.ask(
      (_origin, given) => {
        context = given;
        return new Promise<boolean>((resolve) => (answerLate = resolve));
      },
      policy(),
      ORIGIN,
      request,
    );
    expect(context?.signal.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(1000);
    await expect(answer).resolves.toBe('timed-out');
    expect(context?.signal.aborted).toBe(true);
    answerLate(true);
    await expect(answer).resolves.toBe('timed-out');
    expect(report.mock.calls).toEqual([
      ['origin function of test policy', { kind: 'timed-out', timeout: 1000 }, ORIGIN],
    ]);
  });

  it('gives out an aborted signal to whoever asks for it after the deadline', async () => {
    jest.useFakeTimers();
    let context: OriginLookupContext | undefined;
    const answer = inquiry.ask(
      (_origin, given) => {
        context = given;
        return new Promise<boolean>(() => {});
      },
      policy(),
      ORIGIN,
      request,
    );
    await jest.advanceTimersByTimeAsync(1000);
    await answer;
    expect(context?.signal.aborted).toBe(true);
  });

  it('leaves no timer behind when the answer is there', async () => {
    jest.useFakeTimers();
    await inquiry.ask(() => Promise.resolve(true), policy(), ORIGIN, request);
    await Promise.resolve(inquiry.ask(() => Promise.reject(new Error('no')), policy({ name: 'b' }), ORIGIN, request));
    expect(jest.getTimerCount()).toBe(0);
  });

  it('takes any thenable for a promise, also one that misbehaves', async () => {
    const twice = {
      then: (resolve: (answer: boolean) => void) => {
        resolve(false);
        resolve(true);
      },
    };
    await expect(inquiry.ask(() => twice as never, policy(), ORIGIN, request)).resolves.toBe('refused');
    const throwing = {
      then: () => {
        throw new Error('no');
      },
    };
    await expect(inquiry.ask(() => throwing as never, policy(), ORIGIN, request)).resolves.toBe('failed');
    expect(report).toHaveBeenCalledTimes(1);
  });

  it('names the class of a lookup, or else where it is written', () => {
    class PartnerOrigins implements OriginLookup {
      isOriginAllowed(): boolean {
        throw new Error('no');
      }
    }
    const bare = Object.assign(Object.create(null) as object, { isOriginAllowed: () => 'yes' as unknown as boolean });
    inquiry.ask(new PartnerOrigins(), policy(), ORIGIN, request);
    inquiry.ask({ isOriginAllowed: () => 1 as unknown as boolean }, policy(), ORIGIN, request);
    inquiry.ask(bare as OriginLookup, policy(), ORIGIN, request);
    inquiry.ask(new (class extends PartnerOrigins {})(), policy(), ORIGIN, request);
    expect(report.mock.calls.map(([subject]) => subject)).toEqual([
      'PartnerOrigins',
      'originLookup of test policy',
      'originLookup of test policy',
      'originLookup of test policy',
    ]);
  });
});
