// Runs in the page before the page's own script, in the place of VS Code: sets the theme's variables and classes,
// answers `ready` with the scenario's messages, and keeps what the page sends and what the CSP refuses.
/* global preview, document, window, MessageEvent, setTimeout */
(() => {
  const { theme, messages } = preview;
  for (const [name, value] of Object.entries(theme.variables)) { document.documentElement.style.setProperty('--vscode-' + name, value); }
  document.body.className = `vscode-body ${theme.kind}`;
  document.body.dataset.vscodeThemeKind = theme.kind;

  preview.sent = [];
  preview.refused = [];
  preview.say = message => window.dispatchEvent(new MessageEvent('message', { data: message }));
  document.addEventListener('securitypolicyviolation', event => preview.refused.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}`));

  let state;
  window.acquireVsCodeApi = () => ({
    postMessage(message) {
      preview.sent.push(message);
      if (message.type === 'ready') { setTimeout(() => messages.forEach(preview.say)); }
    },
    getState: () => state,
    setState: value => { state = value; },
  });
})();
