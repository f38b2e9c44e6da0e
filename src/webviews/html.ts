import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/**
 * The whole HTML of a page: nothing but its script and stylesheet, from dist/, and a policy that lets nothing else in. Texts come
 * as messages, and the page writes them as text.
 * @param page name of the bundle: dist/PAGE.js and dist/PAGE.css
 */
export function pageHtml(webview: vscode.Webview, dist: vscode.Uri, page: string, title: string): string {
  const [scriptNonce, styleNonce] = [nonce(), nonce()];
  const uri = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(dist, file)).toString();
  return `<!DOCTYPE html>
<html lang="${attribute(vscode.env.language)}">
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${scriptNonce}'; style-src ${webview.cspSource} 'nonce-${styleNonce}'; font-src ${webview.cspSource}; base-uri 'none'; form-action 'none'">
  <!-- The toolkit asks for this one: as it loads it probes :focus-visible with a style element of its own. -->
  <meta property="csp-nonce" content="${styleNonce}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${attribute(title)}</title>
  <link rel="stylesheet" href="${uri(`${page}.css`)}">
</head>
<body>
  <div id="root"></div>
  <script type="module" nonce="${scriptNonce}" src="${uri(`${page}.js`)}"></script>
</body>
</html>`;
}

/** The icon of our pages' tabs, which takes no colour from the theme. */
export function tabIcon(extensionUri: vscode.Uri): { light: vscode.Uri; dark: vscode.Uri } {
  const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(extensionUri, 'media', `tab-${theme}.svg`);
  return { light: icon('light'), dark: icon('dark') };
}

function nonce(): string {
  return randomBytes(16).toString('base64');
}

function attribute(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
