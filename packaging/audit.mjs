// npm run audit: known advisories about the packages in the lock file, as npm's registry has them. Each must be mended, or allowed in
// audit-allowed.json for a reason and until a day: [{ "id": "GHSA-…", "package": "…", "reason": "…", "expires": "2030-01-31" }].
//   node packaging/audit.mjs [--registry URL] [--allowed FILE]
// Exit code: 0 nothing is open; 1 something is; 75 nobody was asked, as the registry gives no advisories.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundledPackages } from './bundled.mjs';

const notAsked = 75;
const root = join(import.meta.dirname, '..');
const { values: { registry, allowed: allowedFile } } = parseArgs({ options: { registry: { type: 'string' }, allowed: { type: 'string', default: join(import.meta.dirname, 'audit-allowed.json') } } });

const allowed = JSON.parse(readFileSync(allowedFile, 'utf8'));
const complaints = [];
for (const entry of allowed) {
  const missing = ['id', 'package', 'reason', 'expires'].filter((key) => typeof entry[key] !== 'string' || entry[key] === '');
  if (missing.length > 0 || !/^\d{4}-\d{2}-\d{2}$/.test(entry.expires)) { complaints.push(`${JSON.stringify(entry)} is not understood: it needs an id, a package, a reason, and "expires" as 2030-01-31`); }
}

const report = ask();
const advisories = Object.values(report.vulnerabilities).flatMap(({ via }) => via.filter((cause) => typeof cause === 'object'))
  .map(({ url, name, title, severity, range }) => ({ id: url.split('/').at(-1), name, title, severity, range, url }));
const isAbout = (entry, { id, name }) => entry.id === id && entry.package === name;
// To npm all of ours are development dependencies, so its --omit=dev would find nothing, ever. What is shipped only the bundles tell.
const shipped = new Set((await bundledPackages()).map(({ name }) => name));
const today = new Date().toISOString().slice(0, 10);

for (const advisory of advisories) {
  const { id, name, title, severity, range, url } = advisory;
  const entry = allowed.find((found) => isAbout(found, advisory));
  const what = `${id} ${name} ${range} (${severity}, ${shipped.has(name) ? 'in the extension' : 'only on the machines of those who build it'}): ${title}`;
  if (entry === undefined) {
    complaints.push(`${what}. Mend it with "npm audit fix" or a newer version, or allow it in packaging/audit-allowed.json. ${url}`);
  } else if (entry.expires < today) {
    complaints.push(`${what}. It was allowed until ${entry.expires}: look at it again.`);
  } else {
    console.log(`allowed until ${entry.expires}: ${what}. ${entry.reason}`);
  }
}
for (const entry of allowed) {
  if (!advisories.some((advisory) => isAbout(entry, advisory))) { complaints.push(`${entry.id} ${entry.package} is allowed and no longer there: remove it from packaging/audit-allowed.json.`); }
}
for (const complaint of complaints) { console.error(complaint); }
const total = report.metadata.dependencies.total;
console.log(`audit: ${total} packages, ${shipped.size} of them in the extension; ${advisories.length} advisories, ${complaints.length} complaints`);
process.exitCode = complaints.length > 0 ? 1 : 0;

/** npm's own report about the lock file, or the end of this process. */
function ask() {
  const { stdout, stderr, error } = spawnSync('npm', ['audit', '--json', '--package-lock-only', ...registry === undefined ? [] : ['--registry', registry]], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  let answer;
  try {
    answer = JSON.parse(stdout);
  } catch {
    answer = {};
  }
  if (answer.auditReportVersion === 2) { return answer; }
  console.error(`audit: NOT DONE. npm gave no advisories, so nothing is known about the packages: ${answer.message ?? error?.message ?? stderr.trim()}`);
  for (const complaint of complaints) { console.error(complaint); }
  process.exit(complaints.length > 0 ? 1 : notAsked);
}
