// What a host might send to the pages other than the live page, as lists of messages of src/webviews/*Protocol.ts.
const at = Date.parse('2025-03-14T09:26:00Z');
const l10n = undefined;

const exerciseTask = (id, done, reason, lines, why, mayDo = true) => ({ id, done, reason, lines, why, mayDo });
const tasks = {
  type: 'tasks',
  places: [
    { id: 'here', title: 'This machine', reason: 'We may write into its groups: each task can be done for you.', possible: true },
    { id: 'engine', title: 'The engine’s machine (production-build-host-with-a-long-name.example.com)', reason: 'Through a helper container.', possible: true },
  ],
  place: 'here', needsHelper: false, group: 'hello-demo', running: true, l10n,
  machine: ['Control groups v2: one hierarchy, at /sys/fs/cgroup.', 'The cpu controller is there, and groups below the root have it.', 'You are root here.'],
  tasks: [
    exerciseTask('start', true, 'python3 factorials.py runs as process 48,211.', ['python3 factorials.py &'], 'A program that wants a whole core. Its number is printed as it starts.'),
    exerciseTask('make-group', true, '/sys/fs/cgroup/hello-demo is there and has cpu.max.', ['sudo mkdir /sys/fs/cgroup/hello-demo'], 'To the kernel a group is a folder.'),
    exerciseTask('limit-50', true, 'cpu.max holds 50000 100000.', ['echo "50000 100000" | sudo tee /sys/fs/cgroup/hello-demo/cpu.max'], 'Quota and period in microseconds.'),
    exerciseTask('limit-10', false, 'cpu.max still holds 50000 100000.', ['echo "10000 100000" | sudo tee /sys/fs/cgroup/hello-demo/cpu.max'], 'A fifth of that.'),
    exerciseTask('move', false, 'The program is in /user.slice/user-1000.slice/session-3.scope.', ['echo 48211 | sudo tee /sys/fs/cgroup/hello-demo/cgroup.procs'], 'Writing a process id into cgroup.procs moves the process with all its threads.', false),
    exerciseTask('watch', false, 'Nobody has looked yet.', ['cat /sys/fs/cgroup/hello-demo/cpu.stat'], 'nr_throttled counts the periods in which it had to wait.'),
    exerciseTask('stop', false, 'The program runs.', ['kill 48211'], 'An ordinary signal.'),
    exerciseTask('remove-group', false, 'The group is there.', ['sudo rmdir /sys/fs/cgroup/hello-demo'], 'Not rm -r: the files in it are the kernel’s.'),
  ],
  scope: { lines: ['systemd-run --user --scope -p CPUQuota=10% python3 factorials.py'], why: 'systemd gives your session a part of the tree in which you may make groups.' },
};

const groups = {
  type: 'groups', name: 'calculator', pid: 48_211, machine: 'this machine', ended: false, l10n,
  groups: [{
    version: 'v2', controllers: '', path: '/system.slice/docker-5f0c0d2b1a7e4f9d8c6b5a4f3e2d1c0b9a8f7e6d5c4b3a2f1e0d9c8b7a6f5e4d.scope',
    dir: '/sys/fs/cgroup/system.slice/docker-5f0c0d2b1a7e4f9d8c6b5a4f3e2d1c0b9a8f7e6d5c4b3a2f1e0d9c8b7a6f5e4d.scope',
    files: [
      { name: 'cpu.max', text: '10000 100000', meaning: 'Quota and period in microseconds: so much CPU time may the group use in each period. "max": no limit.' },
      { name: 'cpu.stat', text: 'usage_usec 9923412\nuser_usec 9811000\nsystem_usec 112412\nnr_periods 412\nnr_throttled 409\nthrottled_usec 36712345', meaning: 'The account.' },
      { name: 'cgroup.procs', text: '48211', meaning: 'The processes in it, one a line. Writing a process id there moves that process.' },
    ],
  }, { version: 'v1', controllers: 'cpu,cpuacct', path: '/', dir: undefined, files: [] }],
};

const stage = (id, title, certainty, from, millis, what, evidence = []) => ({ id, title, certainty, from, millis, what, evidence });
const run = {
  id: 1, image: 'hello-world', engine: 'default', at, recorded: false, over: true,
  stages: [
    stage('request', 'The client asks the daemon', 'observed', 0, 48, 'The client (here: this extension) sends HTTP requests: create, attach, start, wait.', ['POST /containers/create: 201 after 21 ms', 'POST /containers/5f0c0d2b1a7e/start: 204 after 310 ms']),
    stage('pull', 'The daemon pulls the image', 'absent', null, null, 'The image was there already.'),
    stage('containerd', 'containerd takes over', 'inferred', 62, 20, 'dockerd hands the start to containerd over a socket between the two.', ['The engine names its part: containerd 1.6.20.']),
    stage('shim', 'A shim starts', 'observed', 82, 31, 'containerd starts one shim for the container, which stays with it.', ['containerd-shim-runc-v2 -namespace moby -id 5f0c0d2b1a7e']),
    stage('runtime', 'runc is called', 'observed', 113, 190, 'It makes namespaces and a group, starts the process and exits.'),
    stage('process', 'The process runs', 'observed', 303, 2, 'It writes its message.'),
    stage('exit', 'The process ends', 'observed', 305, 12, 'The shim keeps its exit code.'),
  ],
};
const runs = { type: 'runs', runs: [run, { ...run, id: 2, at: at - 60_000, recorded: true }], l10n };

const box = (line, explanation, ...evidence) => ({ line, explanation, evidence });
const engine = (key, name, used, connected) => ({
  key, name, used, connected, wire: 'unix socket', address: '/run/docker.sock',
  boxes: {
    client: box(null, 'What asks: this extension, as the docker command does.', 'Hello Containers speaks API 1.41.'),
    daemon: box('20.10.24', 'dockerd manages images, containers, networks and volumes.', 'containerd 1.6.20', 'runc 1.1.5'),
    registry: box(null, 'Where images come from.', 'https://index.docker.io/v1/'),
    images: box('12', 'What is stored there.', '12 images, 1.9 GB'),
    containers: box('3 of 7 run', 'What was made of them.', '3 running, 1 paused, 3 stopped'),
    host: box(null, 'The machine that runs them.', 'Debian GNU/Linux 12, Linux 6.1.0, 2 CPUs, 4.1 GB'),
  },
  traffic: connected ? [
    { number: 3, kind: 'event', at: at + 5_000, what: 'container start (calculator)', outcome: '', millis: null, bytes: 0, body: null, command: 'docker events', curl: null },
    { number: 2, kind: 'request', at: at + 4_000, what: 'POST /containers/5f0c0d2b1a7e4f9d8c6b5a4f3e2d1c0b9a8f7e6d5c4b3a2f1e0d9c8b7a6f5e4d/update', outcome: '200', millis: 42.1, bytes: 812, body: '{"CpuQuota":10000,"CpuPeriod":100000}', command: 'docker update --cpu-quota 10000 calculator', curl: 'curl --unix-socket /run/docker.sock http://d/v1.41/containers/calculator/update' },
    { number: 1, kind: 'request', at, what: 'GET /containers/json?all=true', outcome: 'failed: the wire was cut while the answer was being read', millis: 3_012, bytes: 12_000, body: null, command: 'docker ps --all', curl: 'curl --unix-socket /run/docker.sock http://d/v1.41/containers/json?all=true' },
  ] : [],
});
const engines = { type: 'engines', engines: [engine('default', 'default', true, true), engine('far', 'a-remote-engine-with-a-name-that-somebody-really-gave', false, false)], l10n };

const long = '5f0c0d2b1a7e4f9d8c6b5a4f3e2d1c0b9a8f7e6d5c4b3a2f1e0d9c8b7a6f5e4d';
const namespace = (kind, meaning, relation, inode) => ({ kind, meaning, inode, relation, otherInode: inode === null ? null : String(Number(inode) + 9) });
const xray = {
  type: 'xray', name: 'calculator', engine: 'default', others: [{ id: 'b', name: 'web' }], compared: 'b', problem: null, l10n,
  xray: {
    containerId: long, name: 'calculator', image: 'registry.example.com:5000/team/python:3.13-alpine', pid: 48_211, source: 'kernel',
    processes: [{ pid: 48_211, inside: 1, command: 'python3 -u -c import time; print(time.time()) # a command line that is rather long and has no end' }, { pid: 48_260, inside: 7, command: 'sh' }],
    namespaces: [namespace('pid', 'Process ids.', 'own', '4026532614'), namespace('net', 'Addresses and ports.', 'own', '4026532617'), namespace('mnt', 'Files.', 'own', '4026532612'), namespace('user', 'Users.', 'host', '4026531837'), namespace('cgroup', 'Groups.', 'unknown', null)],
    groups: ['cpu,cpuacct', 'memory', 'pids'].map((controllers) => ({ version: 'v1', controllers, path: `/docker/${long}` })),
    limits: [{ what: 'CPU', value: '10 % of a core' }, { what: 'Memory', value: 'no limit' }, { what: 'Processes', value: 'no limit' }],
    capabilities: { privileged: false, effective: ['CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_FOWNER', 'CAP_FSETID', 'CAP_KILL', 'CAP_SETGID', 'CAP_SETUID', 'CAP_NET_BIND_SERVICE'], added: ['CAP_NET_ADMIN'], dropped: [] },
    storageDriver: 'overlay2',
    layers: [
      { kind: 'container', digest: null, folder: `/var/lib/docker/overlay2/${long}/diff`, sizeBytes: 4_096, createdBy: null },
      { kind: 'init', digest: null, folder: null, sizeBytes: null, createdBy: null },
      { kind: 'image', digest: `sha256:${long}`, folder: null, sizeBytes: 45_100_000, createdBy: 'RUN /bin/sh -c set -eux; apk add --no-cache ca-certificates tzdata' },
    ],
    writtenBytes: 4_096, changes: [{ kind: 'added', path: '/tmp/a' }, { kind: 'modified', path: '/root/.python_history' }], changeCount: 2,
    mounts: [{ kind: 'bind', source: '/home/somebody/projects/thing', destination: '/work', writable: true }],
    networks: [{ network: 'bridge', address: '172.17.0.2', gateway: '172.17.0.1', mac: '02:42:ac:11:00:02' }],
    ports: [{ containerPort: 80, protocol: 'tcp', hostIp: '0.0.0.0', hostPort: 8080 }],
    unknown: ['What is in the layers of others cannot be known from here.'],
  },
};

const measured = {
  type: 'measured', engine: 'default', working: null, problem: null, l10n,
  measured: {
    image: 'busybox', imageBytes: 4_260_000, startMillis: [402, 388, 417], idleBytes: 512_000, kernelInside: '6.1.0-18-amd64', kernelOutside: '6.1.0-18-amd64',
    images: [{ tag: 'registry.example.com:5000/team/department/service-with-a-long-name:2025-03-14', bytes: 1_020_000_000 }, { tag: 'python:3-alpine', bytes: 45_100_000 }, { tag: 'busybox', bytes: 4_260_000 }],
  },
};

const history = (cores, capCores) => Array.from({ length: 60 }, (_, second) => ({
  cores: second < 5 ? null : Math.min(capCores !== null && second > 30 ? capCores : 9, cores * (1 + 0.2 * Math.sin(second / 3))),
  throttledShare: capCores !== null && second > 30 ? 1 : null, capCores: second > 30 ? capCores : null, memoryBytes: 21_000_000 + second * 10_000,
}));
const container = (id, name, cores, capCores, more = {}) => ({ id, name, image: 'python:3-alpine', engine: '', state: 'running', cpus: 2, source: 'cgroup', history: history(cores, capCores), ...more });
const containers = {
  type: 'containers', l10n,
  containers: [
    container('a', 'calculator', 0.95, 0.1), container('b', 'web', 0.2, null, { image: 'nginx:1.27', engine: 'far' }),
    container('c', 'a-very-long-container-name-that-somebody-really-gave-to-a-container_1', 1.7, 1.5), container('d', 'frozen', 0, null, { state: 'paused' }),
    container('e', 'new', 0, null, { source: 'none', history: [{ cores: null, throttledShare: null, capCores: null, memoryBytes: null }] }),
  ],
};

/** By name: the page, and what it is sent. */
export const otherPages = {
  'exercise': { page: 'exercise', messages: [tasks] },
  'exercise-helper': { page: 'exercise', messages: [{ ...tasks, place: 'engine', needsHelper: true, running: false, scope: null, tasks: tasks.tasks.map((task) => ({ ...task, done: false, reason: 'Not known: no helper looks at that machine yet.', lines: [], mayDo: false })) }] },
  'cgroup': { page: 'cgroup', messages: [groups] },
  'cgroup-ended': { page: 'cgroup', messages: [groups, { ...groups, groups: [], ended: true }] },
  'run': { page: 'run', messages: [runs] },
  'run-none': { page: 'run', messages: [{ ...runs, runs: [] }] },
  'architecture': { page: 'architecture', messages: [engines, { type: 'pulse', engine: 'default', parts: ['wire-client-daemon', 'box-daemon'] }] },
  'xray': { page: 'xray', messages: [xray] },
  'xray-gone': { page: 'xray', messages: [{ ...xray, xray: null, others: [], compared: null, problem: 'The container does not run (any more): it has no processes and no namespaces.' }] },
  'measure': { page: 'measure', messages: [measured] },
  'measure-working': { page: 'measure', messages: [{ ...measured, measured: null, working: 'Start 2 of 5' }] },
  'overview': { page: 'overview', messages: [containers] },
  'overview-none': { page: 'overview', messages: [{ ...containers, containers: [] }] },
};
