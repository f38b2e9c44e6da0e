// Runs in a page of ours, as what had got into it would.
/* global window, document, navigator, setTimeout, getComputedStyle, Worker, Blob, URL, Image, Audio, WebSocket, EventSource, XMLHttpRequest, fetch */
/* eslint no-unused-vars: ["error", { "varsIgnorePattern": "^(tryEverything|tryForm|lie)$" }] -- called by what evaluates this file */

/** Everything that a page could do to reach out, or to run what is not ours. Tells what worked, and which directives refused something. */
async function tryEverything(server) {
  const worked = [];
  const refused = [];
  document.addEventListener('securitypolicyviolation', (event) => { refused.push(event.effectiveDirective); });
  const add = (tag, attributes, text = '') => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) { made.setAttribute(name, value); }
    made.textContent = text;
    document.body.append(made);
    return made;
  };
  // As the page's own code would: what a debugger evaluates has liberties of its own.
  const later = (work) => new Promise((resolve) => {
    setTimeout(() => {
      try { work(); } catch { /* refused */ } finally { resolve(); }
    });
  });
  const reached = (promise, what) => promise.then(() => { worked.push(what); }, () => { /* refused */ });

  add('script', {}, 'window.ranInline = true');
  add('script', { src: `${server}/script.js` });
  add('div', { onclick: 'window.ranHandler = true' }).click();
  add('div', {}).innerHTML = `<img src="x" onerror="window.ranMarkup = true"><img src="${server}/markup.png">`;
  add('a', { href: 'javascript:window.ranLink = true' }).click();
  await later(() => { window.ranEval = (0, eval)('true'); });
  await later(() => { window.ranFunction = new Function('return true')(); });
  await later(() => { setTimeout('window.ranTimeout = true', 0); });
  await later(() => { new Worker(URL.createObjectURL(new Blob(['1']))); });
  await later(() => { new Image().src = `${server}/image.png`; });
  await later(() => { new Image().src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='; });
  await later(() => { new Audio(`${server}/audio`).load(); });
  add('link', { rel: 'stylesheet', href: `${server}/style.css` });
  add('style', {}, 'body { --injected: 1 }');
  add('div', { style: 'color: red' });
  add('iframe', { src: `${server}/frame` });
  add('object', { data: `${server}/object` });
  add('base', { href: `${server}/base/` });
  if (document.baseURI.startsWith(server)) { worked.push('base'); }
  await later(() => { new WebSocket(server.replace('http', 'ws')); });
  await later(() => { new EventSource(`${server}/events`); });
  await later(() => { navigator.sendBeacon(`${server}/beacon`, 'x'); });
  await reached(fetch(`${server}/fetch`), 'fetch');
  await reached(new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.onload = resolve;
    request.onerror = reject;
    request.open('GET', `${server}/xhr`);
    request.send();
  }), 'XMLHttpRequest');
  await reached(import(`${server}/module.js`), 'import');
  // What was refused is told a turn later.
  await new Promise((resolve) => { setTimeout(resolve, 500); });
  for (const name of Object.keys(window)) { if (name.startsWith('ran') && window[name] === true) { worked.push(name); } }
  if (getComputedStyle(document.body).getPropertyValue('--injected') !== '') { worked.push('style'); }
  return { worked, refused: [...new Set(refused)].sort() };
}

/** Sends a form. Refused, the page is left all the same: Chromium puts its own words in its place. */
function tryForm(server) {
  const form = document.createElement('form');
  Object.assign(form, { action: `${server}/form`, method: 'post' });
  document.body.append(form);
  setTimeout(() => form.submit());
}

/**
 * Says everything to the host that is not in the page's protocol, or names what the host has not shown, and then that it is there.
 * Gives how many messages had come from the host before that.
 */
function lie({ kinds, others }) {
  const { spied } = window;
  const send = (message) => spied.api.postMessage(message);
  const names = ['../../etc/passwd', 'file:///etc/passwd', 'unix:///var/run/docker.sock', 'tcp://127.0.0.1:1', 'workbench.action.terminal.new', '__proto__', 'constructor', ' ', 'f'.repeat(64), 'x'.repeat(10_000)];
  send({ type: 'x'.repeat(10_000_000) });
  for (const message of [null, undefined, 7, true, 'ready', [], ['ready'], {}, { type: null }, { type: ['ready'] }, { type: {} }, JSON.parse('{"__proto__":{"type":"ready"}}')]) { send(message); }
  for (const name of names) {
    const fields = { containerId: name, engine: name, number: name, as: name, task: name, place: name, command: name, path: name, endpoint: name, args: [name] };
    for (const type of [...others, name]) { send({ type, ...fields }); }
    for (const [type, ofType] of Object.entries(kinds)) {
      if (Object.keys(ofType).length === 0) { continue; }
      send({ type });
      send({ ...fields, type });
      // All words but one are right.
      const words = Object.fromEntries(Object.entries(ofType).map(([field, offered]) => [field, typeof offered === 'string' ? name : offered[0]]));
      for (const field of Object.keys(ofType)) {
        send({ ...words, type, [field]: name });
        send({ ...words, type, [field]: [name] });
      }
    }
  }
  const before = spied.answers;
  send({ type: 'ready' });
  return before;
}
