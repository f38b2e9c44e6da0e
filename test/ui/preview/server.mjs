// Serves a built page as the extension host would: the same body, the same Content-Security-Policy.
import { randomBytes } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { otherPages } from './otherPages.mjs';
import { scenarios } from './scenarios.mjs';
import { themes } from './themes.mjs';

const fakeHost = readFileSync(new URL('fakeHost.js', import.meta.url), 'utf8');

/** Every scenario by its name: which page, and what a host sends it. */
export const shown = { ...Object.fromEntries(Object.entries(scenarios).map(([name, messages]) => [name, { page: 'live', messages }])), ...otherPages };

/**
 * Listens on a free port of this machine. Pages: /?theme=NAME&scenario=NAME, with &language=NAME in one of `languages`.
 * @param {string} dist where the built pages are
 * @param {Record<string, Record<string, string>>} [languages] bundles of translations, by name
 */
export async function servePages(dist, languages = {}) {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const file = url.pathname.slice(1);
    const type = /^[\w-]+\.js$/.test(file) ? 'text/javascript' : /^[\w-]+\.css$/.test(file) ? 'text/css' : undefined;
    if (type) {
      response.setHeader('Content-Type', type);
      createReadStream(join(dist, url.pathname)).on('error', () => response.destroy()).pipe(response);
      return;
    }
    const theme = themes[url.searchParams.get('theme') ?? 'dark-modern'];
    const scenario = shown[url.searchParams.get('scenario') ?? 'limited'];
    const language = url.searchParams.get('language') ?? 'en';
    if (url.pathname !== '/' || !theme || !scenario) {
      response.writeHead(404).end();
      return;
    }
    const { page, messages: [first, ...others] } = scenario;
    const nonce = randomBytes(16).toString('base64');
    const styleNonce = randomBytes(16).toString('base64');
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader('Content-Security-Policy', `default-src 'none'; style-src 'self' 'nonce-${styleNonce}'; script-src 'nonce-${nonce}'; font-src 'self'`);
    const preview = JSON.stringify({ theme, messages: [{ ...first, l10n: languages[language] }, ...others] }).replaceAll('<', '\\u003c');
    response.end(`<!DOCTYPE html>
<html lang="${language}">
<head><meta charset="utf-8"><meta property="csp-nonce" content="${styleNonce}"><title>${page}</title><link rel="stylesheet" href="/${page}.css"></head>
<body><div id="root"></div>
<script nonce="${nonce}">window.preview = ${preview};
${fakeHost}</script>
<script type="module" nonce="${nonce}" src="/${page}.js"></script></body>
</html>`);
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve()));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
