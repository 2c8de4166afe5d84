import { describe, expect, it } from '@jest/globals';
import { originOf } from '../../lib/request/incoming-request.js';

const headers = { origin: 'https://a.example' };

describe('originOf()', () => {
  it('Origin header: returns its value, and undefined for an empty or missing one', () => {
    expect(originOf(headers)).toBe('https://a.example');
    expect(originOf({ origin: '' })).toBeUndefined();
    expect(originOf({})).toBeUndefined();
  });
});
