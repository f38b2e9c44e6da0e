// What a release's tag must agree with, before anything is published:   node .ci/release.mjs v0.2.0
// Prints `prerelease=true` or `false` for the workflow: an odd minor version is a pre-release (CONTRIBUTING.md, "Releases").
import { readFileSync } from 'node:fs';

/**
 * @param {string} tag
 * @param {string} version of package.json
 * @param {string} changelog
 * @returns {{ prerelease: boolean }}
 * @throws when the tag and the project say different things
 */
export function releaseOf(tag, version, changelog) {
  if (tag !== `v${version}`) { throw new Error(`The tag is ${tag} and package.json has ${version}: they must agree.`); }
  if (!changelog.includes(`\n## ${version}\n`)) { throw new Error(`CHANGELOG.md has no section "## ${version}".`); }
  return { prerelease: Number(version.split('.')[1]) % 2 === 1 };
}

if (import.meta.filename === process.argv[1]) {
  const { prerelease } = releaseOf(process.argv[2] ?? '', JSON.parse(readFileSync('package.json', 'utf8')).version, readFileSync('CHANGELOG.md', 'utf8'));
  console.log(`prerelease=${prerelease}`);
}
