import type { ServerResponse } from 'node:http';
import type { GrantedPreflight } from '../decision/preflight-decision.js';
import { completeOnWrite } from './header-interception.js';
import { PreflightCompletion, grantedLines } from './preflight-response.js';
import { type HeaderCompletion, type ResponseHeaders, StoredHeaders } from './response-headers.js';

interface Line {
  readonly name: string;
  readonly lowerCase: string;
  /** Undefined for the origin, which differs. */
  readonly value: string | undefined;
}

/** The whole head of a granted preflight, prepared but for the origin. */
export class PreflightHead {
  readonly lines: readonly Line[];
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
    const stored = new StoredHeaders(response);
    const others = stored.count;
    // What Express has put there is no header of CORS.
    const isPlain = others === 0 || (others === 1 && stored.value('x-powered-by') !== undefined);
    if (!isPlain || !completeOnWrite(response, new WrittenHead(this.lines, decision, others))) {
      new PreflightCompletion(decision).answer(response);
      return;
    }
    for (const { name, value = decision.allowOrigin } of this.lines) {
      stored.set(name, value);
    }
    response.statusCode = this.status;
    response.end();
  }
}

/** Has the last word on a head that is written already: it looks whether something has changed it since. */
class WrittenHead implements HeaderCompletion {
  constructor(
    private readonly lines: readonly Line[],
    private readonly decision: GrantedPreflight,
    /** Number of the headers that were there before. */
    private readonly others: number,
  ) {}

  complete(headers: ResponseHeaders): void {
    if (!(headers instanceof StoredHeaders) || !this.isIn(headers)) {
      new PreflightCompletion(this.decision).complete(headers);
    }
  }

  private isIn(stored: StoredHeaders): boolean {
    const { lines, others, decision } = this;
    return (
      stored.count === lines.length + others &&
      (others === 0 || stored.value('x-powered-by') !== undefined) &&
      lines.every(({ lowerCase, value = decision.allowOrigin }) => stored.value(lowerCase) === value)
    );
  }
}
