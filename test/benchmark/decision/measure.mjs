import { CONTENDERS } from './contenders.mjs';
import { meter } from './meter.mjs';
import { asReceived, covered, expression, listed, pattern, places, uncovered, unlisted } from './origins.mjs';

// Measures one contender with one number of origins, in a process of its own: what others have taught the compiler
// about shared code, and left on the heap, would be measured too. Prints its figures as JSON.

const { contender, allowed, size, milliseconds } = JSON.parse(process.argv[2]);

const many = (make, count = size) => Array.from({ length: count }, (_, index) => make(index));
// Enough that each is new to the processor's cache, and no more than are kept as refusals.
const strangerCount = Math.min(size, 10_000);
const [hit, miss, given] =
  allowed === 'origins'
    ? [listed, unlisted, () => ({ ours: many(listed), theirs: many(listed) })]
    : [covered, uncovered, () => ({ ours: many(pattern), theirs: many(expression) })];

const kinds = await CONTENDERS[contender]({ ...given(), strangers: many(miss, strangerCount) });
const figures = [];
for (const [kind, { prepare, decide }] of Object.entries(kinds)) {
  for (const [outcome, make, count] of [
    ['hit', hit, size],
    ['miss', miss, strangerCount],
  ]) {
    const place = places(count);
    const next = () => prepare(asReceived(make(place.next().value)));
    figures.push({ contender, allowed, size, kind, outcome, ...(await meter({ next, decide, milliseconds })) });
  }
}
process.stdout.write(JSON.stringify(figures));
