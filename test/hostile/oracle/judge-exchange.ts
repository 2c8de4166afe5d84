import type { Versions } from '../application/application.js';
import { type Answer, valuesOf } from '../wire/answers.js';
import type { Exchange } from '../wire/exchange.js';
import { type Judgement, judge } from './judge.js';
import { governingByHandler, isPreflight } from './routes.js';

/** A target with one reading: no dots, escapes, repeated slashes, parameters or capitals. */
const PLAIN_TARGET = /^(?:\/[a-z0-9]+)+(?:\?.*)?$/;

/** Judges everything that came back over a connection. @param expected how many answers there have to be, if that is known */
export function judgeExchange(exchange: Exchange, versions: Versions, expected: number | undefined): Judgement[] {
  const { answers, sent, malformation, hung } = exchange;
  const judgements = answers.map((answer) => {
    const judgement = judge(answer, versions);
    const complaints = [...judgement.complaints, ...judgeSight(answer, sent)];
    return complaints.length === judgement.complaints.length ? judgement : { ...judgement, complaints };
  });
  const ofAll = [
    ...(malformation === undefined ? [] : [malformation]),
    ...(hung ? ['no answer and no end of the connection'] : []),
    ...judgeOrder(answers),
    ...judgePairs(answers, versions),
    ...judgeCount(answers, expected),
  ];
  return ofAll.length === 0
    ? judgements
    : [...judgements, { kind: 'answered by Node.js', exact: true, complaints: ofAll }];
}

/** An origin that was not sent comes from somewhere else: another connection, another request. */
function judgeSight({ seen }: Answer, sent: string): string[] {
  return (seen?.origin ?? [])
    .filter((origin) => !sent.includes(origin) && !sent.replace(/\r?\n[ \t]+/g, ' ').includes(origin))
    .map((origin) => `an origin that nobody sent: ${origin}`);
}

/** Answers come in the order of the requests; hidden requests have no number. */
function judgeOrder(answers: readonly Answer[]): string[] {
  const numbers = answers.flatMap(({ seen }) => (seen?.index.length === 1 ? [Number(seen.index[0])] : []));
  return numbers.some((number, at) => at > 0 && number <= (numbers[at - 1] ?? 0))
    ? [`answers out of order: ${numbers.join(', ')}`]
    : [];
}

/** A preflight is judged by the handler that the request after it, to the same target, was dispatched to. */
function judgePairs(answers: readonly Answer[], versions: Versions): string[] {
  return answers.flatMap((answer, at) => {
    const [preflight, actual] = [answer.seen, answers[at + 1]?.seen];
    if (preflight === undefined || actual === undefined || !isPreflight(preflight) || isPreflight(actual)) {
      return [];
    }
    const same =
      actual.url === preflight.url &&
      preflight.requestMethod.length === 1 &&
      actual.method === preflight.requestMethod[0] &&
      String(actual.host) === String(preflight.host);
    const [reached] = valuesOf(answers[at + 1]?.headers ?? [], 'x-reached');
    const name = reached === undefined ? undefined : governingByHandler(reached);
    // A preflight does not say which version it is for: either's policy may grant.
    if (!same || name === undefined || (versions === 'in a header' && reached?.startsWith('Versions.'))) {
      return [];
    }
    // What a route with a wildcard catches may be another path to something in front of it: refusing that is no fault.
    if (reached?.startsWith('pattern.') && answer.status === 403 && !PLAIN_TARGET.test(preflight.url)) {
      return [];
    }
    return judge(answer, versions, { kind: 'policies', names: [name] }).complaints.map(
      (complaint) => `the preflight of what ${reached} answers: ${complaint}`,
    );
  });
}

function judgeCount(answers: readonly Answer[], expected: number | undefined): string[] {
  const last = answers.at(-1);
  const ended = last !== undefined && valuesOf(last.headers, 'connection').join().toLowerCase() === 'close';
  return expected === undefined || answers.length >= expected || ended
    ? []
    : [`${answers.length} answers to ${expected} requests`];
}
