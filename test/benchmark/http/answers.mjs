import { ALLOWED, isPreflight } from './requests.mjs';

/**
 * Compares an answer with what the contender has to answer: a benchmark of a wrong answer is worth nothing.
 *
 * @param {{ status: number, headers: ReadonlyMap<string, string> }} answer
 * @throws {Error} that names the first difference
 */
export function checkAnswer(answer, contender, request) {
  const expected = { status: statusOf(contender, request), ...corsHeaders(contender, request) };
  const given = { status: answer.status };
  for (const name of Object.keys(expected).slice(1)) {
    given[name] = readHeader(answer.headers, name);
  }
  for (const [name, value] of Object.entries(expected)) {
    if (given[name] !== value) {
      throw new Error(`${contender.name}, ${request.name}: ${name} is ${given[name]} where ${value} is expected`);
    }
  }
}

function statusOf({ cors, rejects }, request) {
  const granted = request.origin === ALLOWED;
  if (isPreflight(request)) {
    // The built-ins answer 204 to everyone; what makes a refusal of it is that the origin is not named.
    return cors === 'none' ? request.status : granted || cors === 'built-in' ? 204 : 403;
  }
  return rejects && request.origin !== undefined && !granted ? 403 : request.status;
}

function corsHeaders({ cors, rejects }, request) {
  if (cors === 'none') {
    return { 'access-control-allow-origin': undefined, vary: undefined };
  }
  const granted = request.origin === ALLOWED;
  return {
    'access-control-allow-origin': granted ? ALLOWED : undefined,
    // `cors` and `@fastify/cors` send it to everyone.
    ...(cors === 'built-in' && !granted ? {} : { 'access-control-allow-credentials': granted ? 'true' : undefined }),
    ...(isPreflight(request) && granted
      ? { 'access-control-allow-methods': 'PUT', 'access-control-allow-headers': 'content-type' }
      : {}),
    ...(rejects && granted && request.method === 'GET' && request.status === 200
      ? { 'access-control-expose-headers': 'etag' }
      : {}),
    vary: 'Origin',
  };
}

/** A header's value, of lists only that which is looked for. */
function readHeader(headers, name) {
  const value = headers.get(name);
  switch (name) {
    case 'vary':
      return value !== undefined && /(?:^|, ?)origin(?:,|$)/iu.test(value) ? 'Origin' : value;
    case 'access-control-allow-methods':
      return value?.split(/, ?/u).includes('PUT') ? 'PUT' : value;
    case 'access-control-expose-headers':
      return value?.split(/, ?/u).find((exposed) => exposed.toLowerCase() === 'etag' || exposed === 'content-length')
        ? 'etag'
        : value;
    default:
      return value;
  }
}
