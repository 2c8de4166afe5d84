import { existsSync } from 'node:fs';

/* `node require-programs.js chromium …`: says which of these programs is missing, and how it is installed. */

const PROGRAMS = {
  chromium: { path: '/usr/bin/chromium', debian: 'chromium' },
  firefox: { path: '/usr/bin/firefox-esr', debian: 'firefox-esr' },
  nginx: { path: '/usr/sbin/nginx', debian: 'nginx-light' },
};

const missing = process.argv
  .slice(2)
  .map((name) => PROGRAMS[name])
  .filter(({ path }) => !existsSync(path));

for (const { path, debian } of missing) {
  console.error(
    `These tests start ${path}, which is not installed. On Debian: apt-get update && apt-get install ${debian}`,
  );
}
process.exit(missing.length === 0 ? 0 : 1);
