import { CorsInspector, type CorsModuleOptions } from '../../lib/index.js';
import type { RunningApplication } from '../support/application.js';

export const APP = 'https://app.example.com';
export const STRANGER = 'https://stranger.example';
export const SUBSCRIPTION = 'subscription { prices }';

/** The endpoints have a policy of their own, and nothing else has it. */
export const cors: CorsModuleOptions = {
  origin: 'https://elsewhere.example',
  logging: 'off',
  paths: [{ graphql: true, policy: { origin: APP, credentials: true } }],
};

export const inspectorOf = ({ app }: RunningApplication) => app.get(CorsInspector, { strict: false });

/** What the audit finds about endpoints. */
export const graphqlFindings = (application: RunningApplication) =>
  inspectorOf(application)
    .audit()
    .filter(({ subject }) => subject.startsWith('GraphQL'))
    .map(({ code, subject }) => [code, subject]);
