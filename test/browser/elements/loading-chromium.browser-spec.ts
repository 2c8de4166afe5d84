import { describe } from '@jest/globals';
import { driveChromium } from '../firefox/driven-browser.js';
import { describeLoading } from './loading.js';

describe('what elements load in Chromium', () => {
  describeLoading(driveChromium);
});
