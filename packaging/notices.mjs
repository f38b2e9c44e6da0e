// npm run notices: writes THIRD-PARTY-NOTICES.txt, the licences of what is in the bundles. test/unit/supplyChain.test.ts fails when it is stale.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledPackages } from './bundled.mjs';

/** Licences under which a package may be put into an extension under MIT, with its notice. */
const allowed = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

export const noticesFile = join(import.meta.dirname, '../THIRD-PARTY-NOTICES.txt');

/**
 * The notices' text.
 * @param {readonly import('./bundled.mjs').Bundled[]} packages
 * @throws Error for a licence that is not allowed, or that has no text
 */
export function noticesOf(packages) {
  const refused = packages.filter(({ license }) => !allowed.includes(license));
  if (refused.length > 0) {
    throw new Error(`${refused.map(({ name, license }) => `${name} (${license})`).join(', ')}: not among the licences that may be bundled (${allowed.join(', ')}).`);
  }
  return `Hello Containers (MIT license, see LICENSE) contains code of these packages.\n${packages.map((found) => `
${'-'.repeat(80)}
${found.name} ${found.version} (${found.license})
${'-'.repeat(80)}

${found.text || standardText(found)}
`).join('')}`;
}

/** For a package that names its licence in its manifest only. */
function standardText({ name, license, author }) {
  const text = { MIT: mit, ISC: isc }[license];
  if (text === undefined) { throw new Error(`${name} carries no text of its licence, ${license}.`); }
  return `Copyright (c) ${author}\n\n${text}`;
}

/** @see https://spdx.org/licenses/MIT.html */
const mit = `Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;

/** @see https://spdx.org/licenses/ISC.html */
const isc = `Permission to use, copy, modify, and/or distribute this software for any
purpose with or without fee is hereby granted, provided that the above
copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH
REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY
AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM
LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR
OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR
PERFORMANCE OF THIS SOFTWARE.`;

if (process.argv[1] === fileURLToPath(import.meta.url)) { writeFileSync(noticesFile, noticesOf(await bundledPackages())); }
