import { existsSync } from 'node:fs';

const chromium = '/usr/bin/chromium';

if (!existsSync(chromium)) {
  console.error(
    `The browser tests drive ${chromium}, which is not installed. On Debian: apt-get update && apt-get install chromium`,
  );
  process.exit(1);
}
