import { describe, expect, it } from '@jest/globals';
import { combineActual, decideActual } from '../../lib/decision/actual-decision.js';
import { listOf, policy } from './policies.js';

const ORIGIN = 'https://a.example';

describe('an actual response', () => {
  it('names the origin that is allowed', () => {
    expect(decideActual(policy({ origin: listOf(ORIGIN) }), 'GET', ORIGIN, 'origin-listed')).toMatchObject({
      kind: 'actual',
      refused: false,
      reason: 'origin-listed',
      allowOrigin: ORIGIN,
    });
  });

  it('names nobody when the origin is refused, malformed, or not there', () => {
    const listed = policy({ origin: listOf(ORIGIN) });
    expect(decideActual(listed, 'GET', 'https://b.example', 'origin-not-listed')).toMatchObject({
      kind: 'actual',
      refused: true,
      reason: 'origin-not-listed',
      allowOrigin: undefined,
    });
    expect(decideActual(listed, 'GET', 'b.example', 'origin-malformed')).toMatchObject({
      refused: true,
      reason: 'origin-malformed',
    });
    expect(decideActual(listed, 'GET', undefined, 'no-origin')).toMatchObject({
      kind: 'actual',
      refused: false,
      reason: 'no-origin',
    });
  });

  it('says * to everyone, whatever they send', () => {
    const open = policy({ origin: { kind: 'any' } });
    expect(decideActual(open, 'GET', undefined, 'no-origin').allowOrigin).toBe('*');
    expect(decideActual(open, 'GET', ORIGIN, 'origin-listed').allowOrigin).toBe('*');
    expect(decideActual(open, 'GET', 'garbage', 'origin-malformed').allowOrigin).toBe('*');
  });

  it('stays unreadable for a method that the policy leaves out', () => {
    const listed = policy({ origin: listOf(ORIGIN), methods: new Set(['GET']) });
    expect(decideActual(listed, 'POST', ORIGIN, 'origin-listed')).toMatchObject({
      kind: 'actual',
      refused: true,
      reason: 'method-not-allowed',
      allowOrigin: undefined,
    });
    expect(decideActual(listed, 'HEAD', ORIGIN, 'origin-listed')).toMatchObject({
      refused: false,
      allowOrigin: ORIGIN,
    });
    const open = policy({ origin: { kind: 'any' }, methods: new Set(['GET']) });
    expect(decideActual(open, 'POST', ORIGIN, 'origin-listed').allowOrigin).toBeUndefined();
  });
});

describe('two decisions about one response', () => {
  const listed = policy({ origin: listOf('https://a.example'), credentials: true });
  const open = policy({ origin: { kind: 'any' } });
  const granted = decideActual(listed, 'GET', 'https://a.example', 'origin-listed');
  const granting = decideActual(open, 'GET', 'https://a.example', 'any-origin');
  const refused = decideActual(listed, 'GET', 'https://b.example', 'origin-not-listed');
  const rejected = decideActual({ ...listed, rejectDisallowed: true }, 'GET', 'https://b.example', 'origin-not-listed');

  it('grant what both of them grant', () => {
    for (const both of [combineActual(granted, granting), combineActual(granting, granted)]) {
      expect(both).toMatchObject({ refused: false, allowOrigin: 'https://a.example', allowCredentials: false });
    }
    expect(combineActual(granting, granting)).toMatchObject({ allowOrigin: '*' });
  });

  it('refuse what one of them refuses, with a 403 if one of them asks for it', () => {
    expect(combineActual(granting, refused)).toMatchObject({
      refused: true,
      reason: 'origin-not-listed',
      allowOrigin: undefined,
    });
    expect(combineActual(refused, rejected).policy.rejectDisallowed).toBe(true);
  });
});
