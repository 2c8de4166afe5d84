import { AsyncResource } from 'node:async_hooks';
import type { OnModuleDestroy } from '@nestjs/common';
import { ClosedConnectionLog } from '../logging/closed-connection-log.js';
import type { CorsLookups } from '../lookup/lookups.js';
import { exactOrigin } from '../lookup/recorded-changes.js';
import type { OriginChange } from '../options/index.js';
import type { OriginProvider } from '../policy/origin-responder.js';
import type { CorsPolicyRegistry } from '../routing/policy-registry.js';
import { AccessChecks, type Access } from './access-checks.js';
import { CheckTimes } from './check-times.js';
import { type CloseConnection, ConnectionGroup, ConnectionGroups, type ConnectionKey } from './connection-groups.js';

/** More changes than this in one turn of the event loop count as one change of everything. */
const MAX_CHANGES = 16;
/** Connections that are closed in one turn of the event loop. */
const CLOSED_PER_TURN = 1_000;

/** A connection that stays open after its request was allowed, such as a WebSocket. */
export interface OpenConnection extends ConnectionKey {
  /** Called once, when the origin has lost its access. May throw. */
  close(): void;
}

/** How many connections are open in the name of one origin. */
export interface OpenConnectionCount extends ConnectionKey {
  readonly connections: number;
}

/** Closes connections whose origin has lost its access. */
interface Revocation {
  readonly checks: AccessChecks;
  readonly times: CheckTimes;
  readonly log: ClosedConnectionLog;
}

interface ReportedChange {
  readonly origin: string | undefined;
  readonly tenant: string | undefined;
  readonly provider: OriginProvider | undefined;
}

/**
 * The open connections of the application. When an origin may have lost its access, its lookup is called once. If it refuses,
 * all connections of that origin are closed. A lookup that fails closes nothing, and is asked again later.
 *
 * Only the access that a lookup, a list or an origin function gave can end: what a policy lists is allowed until the next
 * start.
 */
export class OpenConnections implements OnModuleDestroy {
  private readonly groups = new ConnectionGroups();
  private made: Revocation | undefined;
  private changes: ReportedChange[] = [];
  private turn: NodeJS.Immediate | undefined;
  private isStopped = false;
  /** A check must not run in the AsyncLocalStorage of the request that opened a connection. */
  private readonly outside = new AsyncResource('nestjs-cors:connections');

  /** @param closesRevoked whether connections are closed at all; they are counted in any case */
  constructor(
    private readonly lookups: CorsLookups,
    private readonly registry: CorsPolicyRegistry,
    private readonly closesRevoked: boolean,
  ) {
    lookups.responders.observe((change, provider) => this.noteChange(change, provider));
  }

  /**
   * Adds a connection whose origin the policy has allowed. Leave out connections that are open for another reason: those of the
   * application's own origin, and those without `Origin`.
   * @returns removes the connection; call it when the connection has closed. Further calls do nothing
   */
  add(connection: OpenConnection): () => void {
    const entry = { close: () => connection.close() };
    const group = this.groups.find(connection) ?? this.open(connection);
    group.connections.add(entry);
    return () => {
      if (group.connections.delete(entry) && group.connections.size === 0) {
        this.forget(group);
      }
    };
  }

  /** The open connections by policy, origin and tenant. */
  get counts(): readonly OpenConnectionCount[] {
    return Array.from(this.groups.all(), ({ policy, origin, tenant, connections }) => ({
      policy,
      origin,
      tenant,
      connections: connections.size,
    }));
  }

  /** The sizes of its state; all are 0 when no connection is open. */
  get sizes(): { readonly groups: number; readonly checks: number; readonly timers: number } {
    return {
      groups: [...this.groups.all()].length,
      checks: this.made?.checks.size ?? 0,
      timers: this.made?.times.size ?? 0,
    };
  }

  /** Ends all checks: Nest closes the connections themselves. */
  onModuleDestroy(): void {
    this.isStopped = true;
    clearImmediate(this.turn);
    this.made?.checks.stop();
    this.made?.times.stop();
  }

  /** Made for the first connection: most applications have none that stays open. */
  private get revocation(): Revocation {
    if (this.made === undefined) {
      const { lookups, logging } = this.registry.catalog;
      const checks = new AccessChecks((group, access) => this.apply(group, access));
      const times = new CheckTimes(this.lookups.responders, lookups, (group) => checks.add(group, true));
      this.made = { checks, times, log: new ClosedConnectionLog(logging) };
    }
    return this.made;
  }

  private open(key: ConnectionKey): ConnectionGroup {
    const group = new ConnectionGroup(key);
    this.groups.add(group);
    if (this.isChecked(group)) {
      this.outside.runInAsyncScope(() => {
        const { checks, times } = this.revocation;
        // A change may have come between the decision and this call. Where results are cached, a check finds that at no cost.
        if (times.isCached(group)) {
          checks.add(group, false);
        } else {
          times.plan(group);
        }
      });
    }
    return group;
  }

  private isChecked({ providers }: ConnectionGroup): boolean {
    return this.closesRevoked && !this.isStopped && providers.length > 0;
  }

  private forget(group: ConnectionGroup): void {
    this.groups.delete(group);
    this.made?.checks.remove(group);
    this.made?.times.remove(group);
  }

  private noteChange({ origin, tenant }: OriginChange, provider: OriginProvider | undefined): void {
    if (this.groups.isEmpty || !this.closesRevoked || this.isStopped) {
      return;
    }
    const exact = exactOrigin(origin);
    if (exact !== undefined) {
      this.checkAll(this.groups.ofOrigin(exact), { origin, tenant, provider });
      return;
    }
    // Each of these walks through all groups.
    this.changes.push({ origin, tenant, provider });
    if (this.changes.length > MAX_CHANGES) {
      this.changes = [{ origin: undefined, tenant: undefined, provider: undefined }];
    }
    this.turn ??= this.outside.runInAsyncScope(() => setImmediate(() => this.checkChanged()));
  }

  private checkChanged(): void {
    const { changes } = this;
    this.turn = undefined;
    this.changes = [];
    changes.forEach((change) => this.checkAll(this.groups.all(), change));
  }

  private checkAll(groups: Iterable<ConnectionGroup>, { provider, tenant }: ReportedChange): void {
    this.outside.runInAsyncScope(() => {
      for (const group of groups) {
        if (group.isOf(provider, tenant)) {
          this.revocation.checks.add(group, true);
        }
      }
    });
  }

  private apply(group: ConnectionGroup, access: Access): void {
    if (access === 'allowed') {
      this.revocation.times.plan(group);
    } else if (access === 'unknown') {
      this.revocation.times.planRetry(group);
    } else {
      this.revocation.log.report(group, group.connections.size, access.refusedBy);
      const closing = [...group.connections];
      group.connections.clear();
      this.forget(group);
      closeInTurns(closing);
    }
  }
}

function closeInTurns(connections: readonly { readonly close: CloseConnection }[]): void {
  for (const { close } of connections.slice(0, CLOSED_PER_TURN)) {
    try {
      close();
    } catch {
      // The connection has an owner, who sees its errors. The others are still closed.
    }
  }
  if (connections.length > CLOSED_PER_TURN) {
    setImmediate(closeInTurns, connections.slice(CLOSED_PER_TURN));
  }
}
