import type { CorsExplanation, CorsExplainedRequest } from './explanation.js';
import type { CorsExplainedHandshake, CorsHandshakeExplanation } from './handshake-explanation.js';
import type { CorsAuditFinding } from './audit-finding.js';
import type { CorsManifest, CorsRoutePolicy } from './manifest.js';
import type { CorsOpenConnections } from './open-connections.js';
import type { CorsSocketPolicy } from './sockets.js';
import type { CorsRevocationHorizon } from './revocation-horizon.js';
import type { CorsShadowReport } from '../logging/shadow-report.js';

/** Injects the `CorsInspector` where its class is not at hand: the other build of the package has a class of its own. */
export const INSPECTOR_TOKEN = Symbol.for('nestjs-cors:inspector');

/**
 * Explains what the CORS policies of the running application do, and why. Inject it into any provider, or take it from Nest's REPL
 * and from tests with `app.get(CorsInspector)`. It works once the application has bootstrapped (`app.init()` or `app.listen()`).
 */
export abstract class CorsInspector {
  /**
   * Explains what happens to a request of a script: its route, its policy with the source of every field, the exact
   * headers of the preflight and of the response, the reason, and the fix. The request runs through the code that real
   * requests run through, lookups included. Nothing is sent, and no decision is logged or counted. A lookup that fails is
   * logged as usual.
   *
   * @example
   * ```ts
   * const { readable, conclusion } = await app.get(CorsInspector).explain({
   *   method: 'PUT', path: '/orders/1', origin: 'https://partner.example', headers: { 'if-match': '"1"' },
   * });
   * ```
   */
  abstract explain(request: CorsExplainedRequest): Promise<CorsExplanation>;

  /**
   * Explains what happens to the handshake of a WebSocket, or to any request of a session of socket.io: the gateways that share it,
   * the policy with the source of every field, the preflight of polling, the reason, and the fix. The guard that decides about real
   * handshakes decides about this one. Nothing is sent, and no decision is logged or counted.
   * @throws Error where there is no such gateway, or where no client can send such a request to it
   *
   * @example
   * ```ts
   * const { accepted, conclusion } = await app.get(CorsInspector).explainHandshake({
   *   gateway: 'BoardGateway', origin: 'https://partner.example', credentials: true,
   * });
   * // A poll of an open session, as the browser's network tab shows it.
   * await app.get(CorsInspector).explainHandshake({
   *   path: '/socket.io/?EIO=4&transport=polling&sid=lv_VI97HAXpY6yYWAAAC', origin: 'https://partner.example',
   * });
   * ```
   */
  abstract explainHandshake(request: CorsExplainedHandshake): Promise<CorsHandshakeExplanation>;

  /** How long an origin that is removed from the store may keep its access at worst, for every policy with a lookup or a list. */
  abstract revocationHorizons(): readonly CorsRevocationHorizon[];

  /** Every route with its policy, in the order in which the router tries them; then the `external` paths. */
  abstract routes(): readonly CorsRoutePolicy[];

  /**
   * Every place where WebSockets are opened, with its policy: gateways, subscriptions of GraphQL, and the paths of other upgrades
   * where something listens to them.
   */
  abstract sockets(): readonly CorsSocketPolicy[];

  /**
   * How many WebSockets are open, by origin, policy and tenant; and how many event streams, where `eventStreams` has them closed.
   * Connections of the application's own origin, and those without `Origin`, are left out.
   */
  abstract openConnections(): readonly CorsOpenConnections[];

  /** The policies as JSON that changes only when they do. Commit it, and compare it in CI. */
  abstract manifest(): CorsManifest;

  /**
   * Decisions that would have been different under the `shadow` policies, since the application started. The array has the
   * number of differences that found no place in it as `overflow`.
   */
  abstract shadowReport(): CorsShadowReport;

  /** Findings about settings that are legal but risky. */
  abstract audit(): readonly CorsAuditFinding[];
}
