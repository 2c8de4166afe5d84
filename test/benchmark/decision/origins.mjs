/** Origins of a service with many customers: of about the same length, and most characters the same. */
export const listed = (index) => `https://app-${index}.customer.example`;
/** None of the list; as many as there are, so that no answer is a constant. */
export const unlisted = (index) => `https://app-${index}.stranger.example`;

/** A pattern for the customer's subdomains: ours, and the expression that does for `cors` what ours means. */
export const pattern = (index) => `https://*.customer-${index}.example`;
export const expression = (index) => new RegExp(`^https:\\/\\/(?:[a-z0-9_-]+\\.)+customer-${index}\\.example$`, 'u');
export const covered = (index) => `https://app.customer-${index}.example`;
export const uncovered = (index) => `https://app.stranger-${index}.example`;

/**
 * The text as Node.js hands the value of a header over: a new string for every request, whose hash nobody has computed
 * yet. With one string for all requests a look-up in a Map is measured at a fraction of what it costs.
 */
export function asReceived(text) {
  return Buffer.from(text, 'latin1').latin1Slice();
}

/** Numbers below `size` in no order, the same in each run. */
export function* places(size) {
  let state = 0x2545f491;
  for (;;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield (state >>> 0) % size;
  }
}
