import { PolicyCatalog } from '../../lib/policy/policy-catalog.js';

/** The defaults of the library. */
export const LOOKUP_SETTINGS = new PolicyCatalog({}).lookups;
