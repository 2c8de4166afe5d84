import { performance } from 'node:perf_hooks';
import { faultsOf } from '../../../dist/files/origin/expression-faults.js';

/*
 * `npm run bench -- expressions`: what boot pays for the checks of twenty expressions, in a process that has not checked any.
 */

const EXPRESSIONS = [
  /^https:\/\/pr-\d+\.example\.com$/,
  /^https:\/\/(.+\.)?example\.com$/,
  /^https?:\/\/localhost(:\d+)?$/,
  /^https:\/\/a\.example$|^https:\/\/b\.example$/,
  /^https:\/\/my-app-[a-z0-9-]+-team\.vercel\.app$/,
  /^https?:\/\/(?:(?:[^:]+\.)?localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/,
  /^https:\/\/\w+\.example\.com$/,
  /^https?:\/\/(localhost|127\.0\.0\.1)(:\d+)?$/,
  /^https?:\/\/192\.168\.\d+\.\d+(:\d+)?$/,
  /^https:\/\/.*\.example\.com$/,
  /^https:\/\/([a-zA-Z0-9-]+\.)*example\.shop$/,
  /^https:\/\/(www\.)?example\.(com|org|co\.uk)$/,
  /^https:\/\/(app|admin)\.example\.com$/,
  /^https:\/\/(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+example\.com$/,
  /^https:\/\/[a-z0-9-]{1,63}\.example\.com$/i,
  /^https?:\/\/(.*\.)?example\.com\.uy(\/.*)?$/,
  /^https:\/\/deploy-preview-\d+--my-site\.netlify\.app$/,
  /^https:\/\/[\w-]+--my-site\.netlify\.app$/,
  /^https:\/\/my-app-[a-z0-9-]+-[a-z0-9-]+\.vercel\.app$/,
  /^(capacitor|ionic|https?):\/\/localhost$/,
];

const start = performance.now();
const faults = EXPRESSIONS.map((expression) => faultsOf(expression).map(({ code }) => code));
const duration = performance.now() - start;

console.log(`${EXPRESSIONS.length} expressions: ${duration.toFixed(1)} ms, ${faults.flat().length} faults`);
