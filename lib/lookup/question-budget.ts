/** How many seconds' worth of questions may be put at once, after a quiet time. */
const BURST_SECONDS = 10;
/**
 * What a question costs that ends in a grant. Not nothing: where the tenant is taken from the request, somebody who is
 * allowed for every tenant can invent tenants.
 */
const COST_OF_GRANT = 0.1;

/**
 * How many questions may still be put. One that ends in a grant costs a tenth in the end, so that ordinary traffic does not
 * exhaust it; what does is a flood of invented origins, or a database that fails.
 */
export class QuestionBudget {
  private left: number;
  private countedAt = performance.now();

  /** @param perSecond how many questions a second may end without a grant */
  constructor(private readonly perSecond: number) {
    this.left = perSecond * BURST_SECONDS;
  }

  /** Takes one question's worth, if there is one left. */
  take(): boolean {
    const now = performance.now();
    this.left = Math.min(this.perSecond * BURST_SECONDS, this.left + ((now - this.countedAt) / 1000) * this.perSecond);
    this.countedAt = now;
    if (this.left < 1) {
      return false;
    }
    this.left--;
    return true;
  }

  /** The question does not count. */
  giveBack(): void {
    this.left++;
  }

  /** The question ended in a grant. */
  giveBackForGrant(): void {
    this.left += 1 - COST_OF_GRANT;
  }
}
