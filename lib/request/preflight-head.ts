import type { ServerResponse } from 'node:http';
import type { GrantedPreflight } from '../decision/preflight-decision.js';
import { type WrittenHead, endWritten } from './header-interception.js';
import { PreflightCompletion, grantedLines } from './preflight-response.js';
import type { ResponseHeaders } from './response-headers.js';

const POWERED_BY = 'x-powered-by';

interface Line {
  readonly name: string;
  readonly lowerCase: string;
  /** Undefined for the origin, which differs. */
  readonly value: string | undefined;
}

/** The whole head of a granted preflight, prepared but for the origin. */
export class PreflightHead {
  private readonly lines: readonly Line[];
  private readonly status: number;

  constructor(decision: GrantedPreflight) {
    this.status = decision.policy.optionsSuccessStatus;
    this.lines = grantedLines(decision).map(([name, value]) => ({
      name,
      lowerCase: name.toLowerCase(),
      value: name === 'Access-Control-Allow-Origin' ? undefined : value,
    }));
  }

  /**
   * Writes the whole response and ends it, as {@link PreflightCompletion} does.
   * @param decision the grant to the origin
   */
  answer(response: ServerResponse, decision: GrantedPreflight): void {
    const [first, ...others] = response.getHeaderNames();
    // What Express has put there is no header of CORS.
    if (others.length > 0 || (first !== undefined && first !== POWERED_BY)) {
      new PreflightCompletion(decision).answer(response);
      return;
    }
    const { allowOrigin } = decision;
    for (const { name, value } of this.lines) {
      response.setHeader(name, value ?? allowOrigin);
    }
    response.statusCode = this.status;
    endWritten(response, new GrantedHead(this.lines, first === undefined ? 0 : 1, decision));
  }
}

/** Has the last word on a head that is written already: it looks whether something has changed it since. */
class GrantedHead implements WrittenHead {
  /** @param others number of the headers that were there before */
  constructor(
    private readonly lines: readonly Line[],
    private readonly others: number,
    private readonly decision: GrantedPreflight,
  ) {}

  isIn(headers: unknown): boolean {
    // Node.js stores headers by their names in lower case, as pairs of name and value.
    const stored = (headers ?? {}) as Readonly<Record<string, readonly unknown[] | undefined>>;
    const { lines, others, decision } = this;
    return (
      Object.keys(stored).length === lines.length + others &&
      (others === 0 || stored[POWERED_BY] !== undefined) &&
      lines.every(({ lowerCase, value }) => stored[lowerCase]?.[1] === (value ?? decision.allowOrigin))
    );
  }

  complete(headers: ResponseHeaders): void {
    new PreflightCompletion(this.decision).complete(headers);
  }
}
