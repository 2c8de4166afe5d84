import type { PreflightLifetime, PreflightObstacle } from '../protocol/preflight-cache.js';

/** Says why browsers cache a preflight for less long than its policy says; `undefined` where they do not. */
export function lifetimeNote({ maxAge, obstacle }: PreflightLifetime): string | undefined {
  if (obstacle === undefined) {
    return undefined;
  }
  const until =
    maxAge === '0' ? 'Not to be kept by the browser' : `To be kept by the browser for ${maxAge} seconds only`;
  return `${until} (Access-Control-Max-Age: ${maxAge}): ${describeObstacle(obstacle)}, and a cached preflight lets ${obstacle.method} requests to the same URL through.`;
}

/** What makes the difference, without a full stop. */
export function describeObstacle({ method, field, policy }: PreflightObstacle): string {
  switch (field) {
    case 'methods':
      return `the \`methods\` of ${policy} leave out ${method}`;
    case 'paths':
      return `${method} of this URL is governed by ${policy}`;
    case 'maxAge':
      return `${method} of this URL has a shorter \`maxAge\`, by ${policy}`;
    default:
      return `${method} of this URL has another \`${field}\`, by ${policy}`;
  }
}
