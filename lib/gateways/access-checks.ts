import { originVerdict } from '../decision/origin-verdict.js';
import { CORS_REASONS, type CorsReason } from '../decision/reasons.js';
import type { LookupResult, OriginProvider, OriginResponder } from '../policy/origin-responder.js';
import type { MaybePromise } from '../support/maybe-promise.js';
import type { ConnectionGroup } from './connection-groups.js';

/** Groups of one lookup that are checked at once: its `lookupConcurrency` is for requests first. */
const MAX_AT_ONCE = 10;
/** Groups of one lookup that are checked in one turn of the event loop, where results come without I/O. */
const MAX_PER_TURN = 1_000;

/** The result of a check. `unknown`: a lookup has failed, was late, or was not called. */
export type Access = 'allowed' | 'unknown' | { readonly refusedBy: CorsReason };

/**
 * Calls lookups to check whether the origins of open connections are still allowed. Each group needs one call, however many
 * connections it has.
 */
export class AccessChecks {
  private readonly queues = new Map<OriginProvider, CheckQueue>();

  /** @param onChecked told of each result; must not throw */
  constructor(private readonly onChecked: (group: ConnectionGroup, access: Access) => void) {}

  /** How many groups wait for a check or are being checked. */
  get size(): number {
    return [...this.queues.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** @param mustBeFresh as in {@link OriginResponder.lookUp} */
  add(group: ConnectionGroup, mustBeFresh: boolean): void {
    const provider = group.providers.at(-1) as OriginProvider;
    const queue = this.queues.get(provider) ?? new CheckQueue(this.onChecked, () => this.queues.delete(provider));
    this.queues.set(provider, queue);
    queue.add(group, mustBeFresh);
  }

  /** Forgets a group whose connections have closed: its check is not begun, and the result of a running one is ignored. */
  remove(group: ConnectionGroup): void {
    this.queues.get(group.providers.at(-1) as OriginProvider)?.remove(group);
  }

  stop(): void {
    this.queues.forEach((queue) => queue.stop());
    this.queues.clear();
  }
}

/** The checks that call one lookup, so that a slow lookup delays no other one. */
class CheckQueue {
  /** By group, whether the result must be fresh. */
  private readonly waiting = new Map<ConnectionGroup, boolean>();
  private readonly running = new Set<ConnectionGroup>();
  private turn: NodeJS.Immediate | undefined;
  private isStopped = false;

  constructor(
    private readonly onChecked: (group: ConnectionGroup, access: Access) => void,
    private readonly onIdle: () => void,
  ) {}

  get size(): number {
    return this.waiting.size + this.running.size;
  }

  add(group: ConnectionGroup, mustBeFresh: boolean): void {
    this.waiting.set(group, mustBeFresh || this.waiting.get(group) === true);
    this.awaitTurn();
  }

  remove(group: ConnectionGroup): void {
    this.waiting.delete(group);
    this.running.delete(group);
    this.awaitTurn();
  }

  stop(): void {
    this.isStopped = true;
    clearImmediate(this.turn);
    this.waiting.clear();
    this.running.clear();
  }

  private awaitTurn(): void {
    if (!this.isStopped) {
      this.turn ??= setImmediate(() => this.beginTurn());
    }
  }

  private beginTurn(): void {
    this.turn = undefined;
    let left = MAX_PER_TURN;
    for (const [group, mustBeFresh] of this.waiting) {
      if (left-- === 0) {
        this.awaitTurn();
        return;
      }
      if (this.running.size >= MAX_AT_ONCE) {
        return;
      }
      // A group with a running check is checked again afterwards, because the change may be newer than the result.
      if (!this.running.has(group)) {
        this.waiting.delete(group);
        this.check(group, mustBeFresh);
      }
    }
    if (this.size === 0) {
      this.onIdle();
    }
  }

  private check(group: ConnectionGroup, mustBeFresh: boolean): void {
    this.running.add(group);
    const access = accessOf(group, mustBeFresh);
    if (access instanceof Promise) {
      void access.then((found) => this.finish(group, found));
    } else {
      this.finish(group, access);
    }
  }

  private finish(group: ConnectionGroup, access: Access): void {
    if (this.running.delete(group)) {
      this.onChecked(group, access);
      this.awaitTurn();
    }
  }
}

function accessOf({ policy, origin, tenant }: ConnectionGroup, mustBeFresh: boolean): MaybePromise<Access> {
  let isUnknown = false;
  const note = (result: LookupResult): LookupResult => {
    isUnknown ||= result === 'failed' || result === 'timed-out' || result === 'not-asked';
    return result;
  };
  const verdict = originVerdict(policy, origin, (field, { responders }) => {
    const result = (responders[field] as OriginResponder).lookUp(origin, tenant, mustBeFresh);
    return typeof result === 'string' ? note(result) : result.then(note);
  });
  const accessBy = (reason: CorsReason): Access => {
    if (CORS_REASONS[reason].granted) {
      return 'allowed';
    }
    // Where a policy has a function and a lookup, the one that has failed might allow.
    return isUnknown ? 'unknown' : { refusedBy: reason };
  };
  return typeof verdict === 'string' ? accessBy(verdict) : verdict.then(accessBy);
}
