// Loaded into VS Code's processes by NODE_OPTIONS: writes down, as a line of JSON each, how long an extension takes to load and to be
// activated and what it touches of disk, network and processes meanwhile; with HELLO_CONTAINERS_PROBE_TIMERS, each timer of ours that is
// set or fires instead, as that takes time.
const fs = require('node:fs');
const childProcess = require('node:child_process');
const net = require('node:net');
const Module = require('node:module');

const file = process.env.HELLO_CONTAINERS_PROBE;
/** Our extension's bundle, and the empty extension's. */
const bundle = /\/(hello-containers\.[\w-]+?)-[\d.]+(?:-universal)?\/.*\.js$/;
/** Node's own, before it is watched. */
const { openSync, writeSync } = fs;
let out;
const tell = (what) => { writeSync(out ??= openSync(file, 'a'), `${JSON.stringify({ at: Date.now(), ...what })}\n`); };
/** The first frame that is neither Node's nor ours here. */
const caller = () => (new Error().stack ?? '').split('\n').slice(1).find((line) => !line.includes(module.filename) && !line.includes('(node:') && !line.includes('at node:')) ?? '';

if (file && process.argv.includes('--type=extensionHost')) {
  const watchTimers = process.env.HELLO_CONTAINERS_PROBE_TIMERS !== undefined;
  let touched;
  watch(fs, 'fs');
  watch(fs.promises, 'fs.promises');
  watch(childProcess, 'child_process');
  watch(net, 'net', ['connect', 'createConnection']);
  watch(net.Socket.prototype, 'net.Socket', ['connect']);

  const load = Module._load;
  Module._load = function (request, ...others) {
    const name = bundle.exec(request)?.[1];
    if (name === undefined) { return load.call(this, request, ...others); }
    const [from, cpuFrom] = [performance.now(), process.cpuUsage()];
    const loaded = load.call(this, request, ...others);
    const loadMillis = performance.now() - from;
    const { user, system } = process.cpuUsage(cpuFrom);
    const loadCpuMillis = (user + system) / 1_000;
    if (typeof loaded?.activate !== 'function') { return loaded; }
    return {
      ...loaded,
      activate(context) {
        touched = [];
        const activateFrom = performance.now();
        const result = loaded.activate(context);
        const activateMillis = performance.now() - activateFrom;
        tell({ kind: 'activated', name, loadMillis, loadCpuMillis, activateMillis, touched });
        touched = undefined;
        return result;
      },
    };
  };
  for (const set of watchTimers ? ['setTimeout', 'setInterval'] : []) {
    const original = globalThis[set];
    const probed = (callback, millis, ...args) => {
      const frame = caller();
      if (!bundle.test(frame.replace(/:\d+:\d+\)?$/, ''))) { return original(callback, millis, ...args); }
      tell({ kind: 'set', millis, frame });
      return original((...given) => {
        tell({ kind: 'fired', millis, frame });
        callback(...given);
      }, millis, ...args);
    };
    globalThis[set] = Object.assign(probed, original);
  }

  /** Counts calls while an extension is being activated that came from its own code. */
  function watch(owner, of, names = Object.keys(owner)) {
    for (const name of names) {
      const original = owner[name];
      if (typeof original !== 'function' || /^[A-Z_]/.test(name)) { continue; }
      owner[name] = Object.assign(function (...args) {
        if (touched !== undefined) {
          const frame = caller();
          if (bundle.test(frame.replace(/:\d+:\d+\)?$/, ''))) { touched.push(`${of}.${name}`); }
        }
        return original.apply(this, args);
      }, original);
    }
  }
}
