import type { ExecutionContext } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { CorsEvaluator } from '../request/evaluator.js';
import { CorsGuard } from '../request/guard.js';
import type { CorsEnhancerPlan } from '../request/enhancer-plan.js';
import type { CorsPolicyRegistry } from '../routing/policy-registry.js';
import { CorsRequestHook } from '../request/request-hook.js';
import { misspelledMethod } from '../fetch/known-methods.js';
import { CORS_REASONS, type CorsReason, textsOf } from '../decision/reasons.js';
import { DecisionReporter } from '../request/decision-reporter.js';
import { AppliedDecision } from '../request/applied-decision.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { EffectivePolicy } from '../policy/effective-policy.js';
import { normalizeMethod, settableHeaders } from '../fetch/forbidden.js';
import { isSameOrigin } from '../fetch/same-origin.js';
import { corsUnsafeHeaderNames, isSafelistedMethod } from '../fetch/safelist.js';
import { type CorsDecisionEvent, type DecisionObserver, namesOf } from '../logging/decision-event.js';
import { adviceOn, credentialsAdvice } from './advice.js';
import { describePolicy } from './described-policy.js';
import { describeRoute } from './described-route.js';
import type {
  CorsExplanation,
  CorsExplainedDecision,
  CorsExplainedPreflight,
  CorsExplainedRequest,
  CorsExplainedResponse,
} from './explanation.js';
import { lifetimeNote } from './lifetime-note.js';
import { SyntheticResponse, syntheticRequest } from './synthetic-exchange.js';

/** The parts of the library that judge real requests: explanations are made by sending them a synthetic one. */
export interface Explainer {
  readonly evaluator: CorsEvaluator;
  readonly registry: CorsPolicyRegistry;
  readonly plan: CorsEnhancerPlan;
}

/** Remembers the last decision. */
class LastDecision implements DecisionObserver {
  reason: CorsReason = 'internal-error';
  headers: readonly string[] | undefined;
  refused = false;
  /** What it was refused for, by name. */
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

/** Remembers the policy that the preflight was answered by. */
class PreflightReporter extends DecisionReporter {
  policy: CompiledPolicy | undefined;
  override preflight(...given: Parameters<DecisionReporter['preflight']>): void {
    this.policy = given[0].decision.policy;
    super.preflight(...given);
  }
}

/** Explains a request by running it, and its preflight, through the hook and the guard that real requests run through. */
export async function explain(explainer: Explainer, asked: CorsExplainedRequest): Promise<CorsExplanation> {
  const request = {
    method: normalizeMethod(asked.method),
    path: asked.path,
    origin: asked.origin,
    host: asked.host ?? 'localhost',
    // A browser ignores what a script may not set.
    headers: Object.fromEntries(settableHeaders(Object.entries(asked.headers ?? {}))),
    credentials: asked.credentials ?? false,
  };
  // The response first: its questions say what was kept before anybody wanted an explanation.
  const { response, route, source, withCredentials, questions } = await explainResponse(explainer, request);
  const preflight = await explainPreflight(explainer, request, source);
  const policy = describePolicy(source);
  const decisive = preflight.sent && !preflight.granted ? preflight : response;
  const own = isSameOrigin(request.origin, {}, request.host);
  // Node.js answers 400 to such a method before anything of the application sees the request.
  const isMisspelled = misspelledMethod(request.method) !== undefined;
  const isGranted = decisive.granted && isCredentialMatch(request, preflight, response);
  const readable = !isMisspelled && (own || isGranted);
  return {
    request,
    route,
    policy,
    questions,
    preflight,
    response,
    readable,
    conclusion: isMisspelled
      ? concludeMisspelled(request.method)
      : own
        ? SAME_ORIGIN
        : conclude(readable, decisive, withCredentials),
  };
}

function conclude(
  readable: boolean,
  { reason, granted, message, fix }: CorsExplainedDecision,
  withCredentials: string,
) {
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

function concludeMisspelled(method: string): string {
  const { message, fix } = textsOf('method-case', method);
  return `Not readable: ${message} ${fix}`;
}

const LEFT: CorsReason = 'left-to-application';
const SAME_ORIGIN = 'Readable: the request is of the same origin, and CORS has no say in it.';

type Asked = CorsExplanation['request'];

/** @param fallback the policy of the response, which stands in where a preflight is refused before a policy was found */
async function explainPreflight(
  { evaluator, registry }: Explainer,
  asked: Asked,
  fallback: EffectivePolicy,
): Promise<CorsExplainedPreflight> {
  const names = corsUnsafeHeaderNames(Object.entries(asked.headers));
  const request = syntheticRequest('OPTIONS', asked.path, asked.host, {
    origin: asked.origin,
    'access-control-request-method': asked.method,
    ...(names.length === 0 ? {} : { 'access-control-request-headers': names.join(',') }),
  });
  const response = new SyntheticResponse(request);
  const last = new LastDecision();
  const reporter = new PreflightReporter([last]);
  await run(new CorsRequestHook(evaluator, reporter), request, response);
  const destinations = evaluator.router.preflight(asked.method, asked.path, request);
  const isLeft = destinations.candidates.some(({ policy }) => policy.external);
  const [destination] = destinations.candidates;
  const evaluated = { method: asked.method, url: asked.path, origin: asked.origin, adapterRequest: request };
  const note =
    destination === undefined || last.refused
      ? undefined
      : lifetimeNote(evaluator.lifetime(evaluated, destination, destinations));
  const policy = reporter.policy === undefined ? fallback : registry.sourceOf(reporter.policy);
  const advice = adviceOn(last.reason, last.names, { origin: asked.origin, policy });
  const explanation = isLeft ? explained(LEFT, response) : explained(last.reason, response, advice, last);
  return {
    ...explanation,
    sent: names.length > 0 || !isSafelistedMethod(asked.method),
    status: response.statusCode,
    ...(note === undefined ? {} : { note }),
    candidates: evaluator.router.candidates(asked.method, asked.path, request).map(({ route }) => describeRoute(route)),
  };
}

async function explainResponse({ evaluator, registry, plan }: Explainer, asked: Asked) {
  const last = new LastDecision();
  const guard = new CorsGuard({ evaluator }, registry, plan, new DecisionReporter([last]));
  const request = syntheticRequest(asked.method, asked.path, asked.host, {
    ...asked.headers,
    origin: asked.origin,
    ...(asked.credentials ? { cookie: 'explained=1' } : {}),
  });
  const response = new SyntheticResponse(request);
  await run(new CorsRequestHook(evaluator, new DecisionReporter([last])), request, response);
  let status: 403 | undefined = response.statusCode === 403 ? 403 : undefined;
  const match = evaluator.router.dispatched(asked.method, asked.path, request)[0];
  if (match !== undefined && guard.canActivate !== undefined) {
    const { controller, methodName } = match.route;
    const handler = (controller.prototype as Record<string, () => unknown>)[methodName] as () => unknown;
    const context = new ExecutionContextHost([request, response], controller as never, handler);
    try {
      await guard.canActivate(context as unknown as ExecutionContext);
    } catch {
      status = 403;
    }
  }
  response.complete();
  const evaluated = AppliedDecision.of(response, evaluator)?.evaluation;
  const { decision, alternative, inquiry } = evaluated ?? {};
  const policy = decision?.policy ?? evaluator.router.actual(asked.method, asked.path, request).policy;
  const source = registry.sourceOf(policy);
  // The guard refuses a granted request for one thing alone.
  const isCredentialless = status === 403 && decision?.refused === false;
  const reason = policy.external
    ? LEFT
    : isCredentialless
      ? 'credentials-not-allowed'
      : (decision?.reason ?? 'internal-error');
  const lacking = policy.credentials && alternative !== undefined ? registry.sourceOf(alternative) : source;
  const advice = adviceOn(reason, [], { origin: asked.origin, policy: source });
  return {
    response: { ...explained(reason, response, advice), status } satisfies CorsExplainedResponse,
    route: match === undefined ? undefined : describeRoute(match.route),
    source,
    withCredentials: credentialsAdvice({ origin: asked.origin, policy: lacking }),
    questions: (await inquiry?.transcript()) ?? [],
  };
}

/** Runs the hook until the request would go on to the application, or is answered. */
function run(hook: CorsRequestHook, request: object, response: SyntheticResponse): Promise<void> {
  return new Promise((resolve) => {
    hook.receive(request, response, (answer) => {
      answer?.();
      resolve();
    });
  });
}

function explained(
  reason: CorsReason,
  response: SyntheticResponse,
  fix = textsOf(reason).fix,
  { names, headers }: Pick<LastDecision, 'names' | 'headers'> = NOTHING_NAMED,
): CorsExplainedDecision {
  const { granted } = CORS_REASONS[reason];
  const named = headers === undefined ? {} : { header: headers[0] as string, refusedHeaders: headers };
  return { granted, reason, ...named, message: textsOf(reason, ...names).message, fix, headers: response.corsHeaders };
}

const NOTHING_NAMED = { names: [], headers: undefined };

/** The browser's own check: a credentialed request needs the permission for credentials on every response to it. */
function isCredentialMatch(asked: Asked, preflight: CorsExplainedPreflight, response: CorsExplainedResponse): boolean {
  const permits = ({ headers }: CorsExplainedDecision) => headers['Access-Control-Allow-Credentials'] === 'true';
  return !asked.credentials || ((!preflight.sent || permits(preflight)) && permits(response));
}
