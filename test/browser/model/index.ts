export { BrowserModel } from './browser.js';
export { CookieJar } from './cookies.js';
export type { Arrival, Network, WireRequest, WireResponse } from './exchange.js';
export { isSameOrigin, isSameSite, originOf, type Site, siteOfRequest } from './origin.js';
export type { HandlerAnswer, OriginData, PolicyData, Resource } from './policy.js';
export { answerOf } from './policy-answer.js';
export { allowsOrigin } from './policy-origin.js';
export { CHROMIUM, type Quirks } from './quirks.js';
export {
  type Client,
  type Credentials,
  type Failure,
  type FetchRequest,
  type Mode,
  type Outcome,
  type Redirect,
  requestOf,
  type ResponseType,
  type Result,
} from './request.js';
export * from './safelist.js';
export {
  type BodyKind,
  type FetchCall,
  requestOfFetch,
  requestOfXhr,
  type ScriptBody,
  type XhrCall,
} from './script-request.js';
