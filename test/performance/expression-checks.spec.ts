import { describe, expect, it } from '@jest/globals';
import { faultsOf } from '../../lib/origin/expression-faults.js';
import { CORPUS } from '../origin/expression-corpus.js';
import { OperationCounter } from './operations.js';

/** Twenty expressions of the corpus that boot. */
const TWENTY = CORPUS.filter(({ verdict }) => verdict === 'fine')
  .slice(0, 20)
  .map(({ expression }) => expression);

describe('expression checks at boot › twenty expressions', () => {
  it('whole list: performs at most the allowed number of operations', () => {
    const counter = new OperationCounter();
    counter.start();
    let operations;
    try {
      TWENTY.forEach((expression) => faultsOf(expression));
      operations = counter.operations;
    } finally {
      counter.stop();
    }
    expect(TWENTY).toHaveLength(20);
    expect(operations.collections).toBeLessThan(12_000);
    expect(operations.steps).toBeLessThan(500_000);
    expect(operations.lookups).toBeLessThan(60_000);
  });
});
