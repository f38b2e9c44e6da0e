// Serves a built page as the extension host would: the same body, the same Content-Security-Policy.
import { randomBytes } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { scenarios } from './scenarios.mjs';
import { themes } from './themes.mjs';

const types = { 'live.js': 'text/javascript', 'live.css': 'text/css' };
const fakeHost = readFileSync(new URL('fakeHost.js', import.meta.url), 'utf8');

/** Listens on a free port of this machine. Pages: /?theme=NAME&scenario=NAME. Resolves to {origin, close}. */
export async function servePages(dist) {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const file = url.pathname.slice(1);
    const type = types[file] ?? (/^shared-\w+\.js$/.test(file) ? 'text/javascript' : undefined);
    if (type) {
      response.setHeader('Content-Type', type);
      createReadStream(join(dist, url.pathname)).on('error', () => response.destroy()).pipe(response);
      return;
    }
    const theme = themes[url.searchParams.get('theme') ?? 'dark-modern'];
    const messages = scenarios[url.searchParams.get('scenario') ?? 'limited'];
    if (url.pathname !== '/' || !theme || !messages) {
      response.writeHead(404).end();
      return;
    }
    const nonce = randomBytes(16).toString('base64');
    const styleNonce = randomBytes(16).toString('base64');
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader('Content-Security-Policy', `default-src 'none'; style-src 'self' 'nonce-${styleNonce}'; script-src 'nonce-${nonce}'; font-src 'self'`);
    const preview = JSON.stringify({ theme, messages }).replaceAll('<', '\\u003c');
    response.end(`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta property="csp-nonce" content="${styleNonce}"><title>Live CPU</title><link rel="stylesheet" href="/live.css"></head>
<body><div id="root"></div>
<script nonce="${nonce}">window.preview = ${preview};
${fakeHost}</script>
<script type="module" nonce="${nonce}" src="/live.js"></script></body>
</html>`);
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve()));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
