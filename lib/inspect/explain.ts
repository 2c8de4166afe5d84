import type { ExecutionContext } from '@nestjs/common';
import { misspelledMethod, normalizeMethod } from '../fetch/methods.js';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { CORS_REASONS, type CorsReason, textsOf } from '../decision/reasons.js';
import { settableHeaders } from '../fetch/forbidden.js';
import { corsUnsafeHeaderNames, isSafelistedMethod } from '../fetch/safelist.js';
import { isSameOrigin } from '../fetch/same-origin.js';
import { type CorsDecisionEvent, type DecisionObserver, namesOf } from '../logging/decision-event.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { EffectivePolicy } from '../policy/effective-policy.js';
import type { CorsEnhancerPlan } from '../request/enhancer-plan.js';
import type { CorsEvaluator } from '../request/evaluator.js';
import { CorsGuard } from '../request/guard.js';
import { CorsRequestHook } from '../request/request-hook.js';
import { DecisionReporter } from '../request/decision-reporter.js';
import { AppliedDecision } from '../request/applied-decision.js';
import type { CorsPolicyRegistry } from '../routing/policy-registry.js';
import { adviceOn, credentialsAdvice } from './advice.js';
import { describePolicy, describeRoute } from './descriptions.js';
import type {
  CorsExplainedDecision,
  CorsExplainedPreflight,
  CorsExplainedRequest,
  CorsExplainedResponse,
  CorsExplanation,
} from './explanation.js';
import { SyntheticResponse, syntheticRequest } from './synthetic-exchange.js';
import { lifetimeNote } from './uncached-preflights.js';

/** The parts of the library that evaluate real requests. An explanation gives them a synthetic one. */
export interface Explainer {
  readonly evaluator: CorsEvaluator;
  readonly registry: CorsPolicyRegistry;
  readonly plan: CorsEnhancerPlan;
}

type Request = CorsExplanation['request'];

const LEFT: CorsReason = 'left-to-application';

/** Explains a request: the hook and the guard of real requests process it and its preflight. */
export async function explain(explainer: Explainer, given: CorsExplainedRequest): Promise<CorsExplanation> {
  const request = {
    method: normalizeMethod(given.method),
    path: given.path,
    origin: given.origin,
    host: given.host ?? 'localhost',
    // A browser ignores headers that scripts may not set.
    headers: Object.fromEntries(settableHeaders(Object.entries(given.headers ?? {}))),
    credentials: given.credentials ?? false,
  };
  // The response is evaluated first, so that its lookup calls show what was cached before.
  const { response, route, policy, withCredentials, lookupCalls } = await explainResponse(explainer, request);
  const preflight = await explainPreflight(explainer, request, policy);
  const decisive = preflight.sent && !preflight.granted ? preflight : response;
  const own = isSameOrigin(request.origin, {}, request.host);
  // Node.js answers 400 to such a method before the application sees the request.
  const isMisspelled = misspelledMethod(request.method) !== undefined;
  const readable = !isMisspelled && (own || (decisive.granted && isCredentialMatch(request, preflight, response)));
  const conclude = (): string => {
    if (isMisspelled) {
      const { message, fix } = textsOf('method-case', request.method);
      return `Not readable: ${message} ${fix}`;
    }
    return own
      ? 'Readable: the request is of the same origin, where CORS does not apply.'
      : conclusionOf(readable, decisive, withCredentials);
  };
  return {
    request,
    route,
    policy: describePolicy(policy),
    lookupCalls,
    preflight,
    response,
    readable,
    conclusion: conclude(),
  };
}

function conclusionOf(readable: boolean, decision: CorsExplainedDecision, withCredentials: string): string {
  const { reason, granted, message, fix } = decision;
  if (reason === LEFT) {
    return `Not decided here: ${message} ${fix}`;
  }
  if (readable) {
    return `Readable: ${message}`;
  }
  return granted
    ? `Not readable: the request carries credentials, and the policy does not allow them. ${withCredentials}`
    : `Not readable: ${message} ${fix}`;
}

/** @param fallback the policy of the response, for a preflight that is refused before a policy is found */
async function explainPreflight(
  { evaluator, registry }: Explainer,
  { method, path, origin, host, headers }: Request,
  fallback: EffectivePolicy,
): Promise<CorsExplainedPreflight> {
  const names = corsUnsafeHeaderNames(Object.entries(headers));
  const request = syntheticRequest('OPTIONS', path, host, {
    origin,
    'access-control-request-method': method,
    ...(names.length === 0 ? {} : { 'access-control-request-headers': names.join(',') }),
  });
  const response = new SyntheticResponse(request);
  const last = new LastDecision();
  const reporter = new PreflightReporter([last]);
  await run(new CorsRequestHook(evaluator, reporter), request, response);
  const destinations = evaluator.router.preflight(method, path, request);
  const [destination] = destinations.candidates;
  const isLeft = destinations.candidates.some(({ policy }) => policy.external);
  const note =
    destination === undefined || last.refused
      ? undefined
      : lifetimeNote(
          evaluator.lifetimes.find({ method, url: path, origin, adapterRequest: request }, destination, destinations),
        );
  const policy = reporter.policy === undefined ? fallback : registry.effectiveOf(reporter.policy);
  const advice = adviceOn(last.reason, last.names, { origin, policy });
  return {
    ...(isLeft ? explained(LEFT, response) : explained(last.reason, response, advice, last)),
    sent: names.length > 0 || !isSafelistedMethod(method),
    status: response.statusCode,
    ...(note === undefined ? {} : { note }),
    candidates: evaluator.router.candidates(method, path, request).map(({ route }) => describeRoute(route)),
  };
}

async function explainResponse({ evaluator, registry, plan }: Explainer, explainedRequest: Request) {
  const { method, path, origin, host, headers, credentials } = explainedRequest;
  const reporter = new DecisionReporter([new LastDecision()]);
  const guard = new CorsGuard({ evaluator }, registry, plan, reporter);
  const cookie = credentials ? { cookie: 'explained=1' } : {};
  const request = syntheticRequest(method, path, host, { ...headers, origin, ...cookie });
  const response = new SyntheticResponse(request);
  const hooked = await run(new CorsRequestHook(evaluator, reporter), request, response, () =>
    AppliedDecision.of(response, evaluator),
  );
  let status: 403 | undefined = response.statusCode === 403 ? 403 : undefined;
  const match = evaluator.router.dispatched(method, path, request)[0];
  if (status === undefined && match !== undefined && guard.canActivate !== undefined) {
    const { controller, methodName } = match.route;
    const handler = (controller.prototype as Record<string, () => unknown>)[methodName] as () => unknown;
    const context = new ExecutionContextHost([request, response], controller as never, handler);
    try {
      await guard.canActivate(context as unknown as ExecutionContext);
    } catch {
      status = 403;
    }
  }
  const applied = AppliedDecision.of(response, evaluator) ?? hooked;
  response.complete();
  const { decision, alternative, requestLookups } = applied?.evaluation ?? {};
  const compiled = decision?.policy ?? evaluator.router.actual(method, path, request).policy;
  const policy = registry.effectiveOf(compiled);
  // The guard refuses a granted request only for its credentials.
  const isCredentialless = status === 403 && decision?.refused === false;
  const decided = isCredentialless ? 'credentials-not-allowed' : (decision?.reason ?? 'internal-error');
  const reason = compiled.external ? LEFT : decided;
  const lacking = compiled.credentials && alternative !== undefined ? registry.effectiveOf(alternative) : policy;
  const advice = adviceOn(reason, [], { origin, policy });
  return {
    response: { ...explained(reason, response, advice), status } satisfies CorsExplainedResponse,
    route: match === undefined ? undefined : describeRoute(match.route),
    policy,
    withCredentials: credentialsAdvice({ origin, policy: lacking }),
    lookupCalls: (await requestLookups?.transcript()) ?? [],
  };
}

/** Remembers the last decision. */
class LastDecision implements DecisionObserver {
  reason: CorsReason = 'internal-error';
  headers: readonly string[] | undefined;
  refused = false;
  /** The headers or the method that it was refused for. */
  names: readonly string[] = [];

  wants(): boolean {
    return true;
  }

  observe(event: CorsDecisionEvent): void {
    this.refused = event.granted === false;
    this.reason = event.reason;
    this.headers = event.headers;
    this.names = namesOf(event);
  }
}

/** Remembers the policy that decided about the preflight. */
class PreflightReporter extends DecisionReporter {
  policy: CompiledPolicy | undefined;

  override preflight(...given: Parameters<DecisionReporter['preflight']>): void {
    this.policy = given[0].decision.policy;
    super.preflight(...given);
  }
}

/**
 * Runs the hook until it passes the request on to the application, or answers it.
 * @param read called before the hook answers: the decision is forgotten when the headers are written
 */
function run<Result = void>(
  hook: CorsRequestHook,
  request: object,
  response: SyntheticResponse,
  read?: () => Result,
): Promise<Result | undefined> {
  return new Promise((resolve) => {
    hook.receive(
      request,
      response,
      () => undefined,
      (proceed) => {
        const result = read?.();
        proceed();
        resolve(result);
      },
    );
  });
}

function explained(
  reason: CorsReason,
  response: SyntheticResponse,
  fix = textsOf(reason).fix,
  { names, headers }: Pick<LastDecision, 'names' | 'headers'> = { names: [], headers: undefined },
): CorsExplainedDecision {
  const { granted } = CORS_REASONS[reason];
  const named = headers === undefined ? {} : { header: headers[0] as string, refusedHeaders: headers };
  return { granted, reason, ...named, message: textsOf(reason, ...names).message, fix, headers: response.corsHeaders };
}

/** The browser's own check: a request with credentials needs the permission for them on preflight and response. */
function isCredentialMatch(
  { credentials }: Request,
  preflight: CorsExplainedPreflight,
  response: CorsExplainedResponse,
): boolean {
  const permits = ({ headers }: CorsExplainedDecision) => headers['Access-Control-Allow-Credentials'] === 'true';
  return !credentials || ((!preflight.sent || permits(preflight)) && permits(response));
}
