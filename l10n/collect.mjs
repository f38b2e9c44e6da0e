// npm run l10n: collects the strings of the code and the words of the diagrams into bundle.l10n.json, and takes what no longer is from the translations.
//   npm run l10n -- --missing               lists what the translations lack, as JSON, a part for each file
//   npm run l10n -- --fill FILE             puts translations into them: JSON of the same form, with the texts filled in
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diagramNames, diagramTexts, readDiagram } from './diagrams.mjs';

const root = join(import.meta.dirname, '..');
const bundle = 'l10n/bundle.l10n.json';
const read = (/** @type {string} */ file) => /** @type {Record<string, string>} */ (JSON.parse(readFileSync(join(root, file), 'utf8')));
const write = (/** @type {string} */ file, /** @type {Record<string, string>} */ texts) => writeFileSync(join(root, file), `${JSON.stringify(texts, null, 2)}\n`);

/** The translated files, each with the file that it translates. @returns {{ file: string, of: string }[]} */
export function translations() {
  const languages = readdirSync(join(root, 'l10n')).flatMap((file) => /^bundle\.l10n\.(.+)\.json$/.exec(file)?.[1] ?? []);
  return languages.flatMap((language) => [{ file: `l10n/bundle.l10n.${language}.json`, of: bundle }, { file: `package.nls.${language}.json`, of: 'package.nls.json' }]);
}

/** What the translations lack: file -> English or key -> what it says in English. */
function missing() {
  return Object.fromEntries(translations().map(({ file, of }) => {
    const there = read(file);
    return [file, Object.fromEntries(Object.entries(read(of)).filter(([key]) => !(key in there)))];
  }).filter(([, lacking]) => Object.keys(lacking).length > 0));
}

function collect() {
  execFileSync(join(root, 'node_modules/.bin/vscode-l10n-dev'), ['export', '--outDir', 'l10n', 'src'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const diagrams = diagramNames().flatMap((name) => diagramTexts(readDiagram(name)));
  write(bundle, { ...read(bundle), ...Object.fromEntries(diagrams.map((text) => [text, text])) });
}

/** Brings the translations into the order of what they translate, without what is not there any more, and with what `filled` has. */
function tidy(/** @type {Record<string, Record<string, string>>} */ filled = {}) {
  for (const { file, of } of translations()) {
    const there = { ...read(file), ...filled[file] };
    write(file, Object.fromEntries(Object.keys(read(of)).filter((key) => key in there).map((key) => [key, there[key]])));
  }
}

if (import.meta.filename === process.argv[1]) {
  const [what, file] = process.argv.slice(2);
  if (what === '--missing') {
    console.log(JSON.stringify(missing(), null, 2));
  } else if (what === '--fill') {
    tidy(JSON.parse(readFileSync(file ?? '', 'utf8')));
  } else {
    collect();
    tidy();
  }
}
