import type { PreflightLifetime, PreflightObstacle } from '../decision/preflight-cache.js';

/** Says why browsers must not cache a preflight; `undefined` where they may. */
export function lifetimeNote({ obstacle }: PreflightLifetime): string | undefined {
  return obstacle === undefined
    ? undefined
    : `Not to be kept by the browser (Access-Control-Max-Age: 0): ${describeObstacle(obstacle)}, ` +
        `and a cached preflight lets ${obstacle.method} requests to the same URL through.`;
}

/** What makes the difference, without a full stop. */
export function describeObstacle({ method, field, policy }: PreflightObstacle): string {
  switch (field) {
    case 'methods':
      return `the \`methods\` of ${policy} leave out ${method}`;
    case 'paths':
      return `${method} of this URL is governed by ${policy}`;
    default:
      return `${method} of this URL has another \`${field}\`, by ${policy}`;
  }
}
