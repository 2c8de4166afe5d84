import { importBundle } from '../tools/bundles.js';

await importBundle('lookup');
