import { shellQuote } from '../base/shellQuote';
import type { EngineFacts } from './engine';
import { array, type Json, number, object, string, stringMap, strings } from './wire';

/**
 * The `docker run` line that would make a container again, from what the engine says of it and of its image: what the image says
 * already is not said twice. Only options that the docker command knows; what was changed inside the container is not in it.
 * @param container the engine's JSON of the container  @param image of its image; undefined when it is gone
 * @param cgroupVersion of the engine, which decides what it does where nothing is said
 */
export function runLine(container: unknown, image: unknown, cgroupVersion: EngineFacts['cgroupVersion']): string {
  const json = object(container);
  const [config, host] = [object(json.Config), object(json.HostConfig)];
  const ofImage = object(object(image).Config);
  const imageLabels = stringMap(ofImage.Labels);
  const interactive = config.Tty === true || config.OpenStdin === true;
  const words = [
    'docker', 'run', ...(interactive ? [] : ['--detach']),
    ...option('--name', string(json.Name).replace(/^\//, '')),
    ...(config.OpenStdin === true ? ['--interactive'] : []), ...(config.Tty === true ? ['--tty'] : []),
    ...(host.AutoRemove === true ? ['--rm'] : []),
    ...(hasOwnHostname(json, config) ? option('--hostname', string(config.Hostname)) : []),
    ...(string(config.User) === string(ofImage.User) ? [] : option('--user', string(config.User))),
    ...(string(config.WorkingDir) === string(ofImage.WorkingDir) ? [] : option('--workdir', string(config.WorkingDir))),
    ...without(strings(config.Env), strings(ofImage.Env)).flatMap((value) => ['--env', value]),
    ...Object.entries(stringMap(config.Labels)).filter(([name, value]) => imageLabels[name] !== value).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
    ...mounts(host),
    ...ports(host),
    ...network(json, host),
    ...restart(host),
    ...limits(host),
    ...security(host, cgroupVersion),
    ...entrypoint(config, ofImage),
  ];
  return [...words, string(config.Image), ...command(config, ofImage)].map(shellQuote).join(' ');
}

function option(name: string, value: string): string[] {
  return value === '' ? [] : [name, value];
}

function without(values: readonly string[], known: readonly string[]): string[] {
  const all = new Set(known);
  return values.filter((value) => !all.has(value));
}

/** The engine names the host after the id unless it is told a name. */
function hasOwnHostname(json: Json, config: Json): boolean {
  const hostname = string(config.Hostname);
  return hostname !== '' && !string(json.Id).startsWith(hostname) && string(object(json.HostConfig).NetworkMode) !== 'host';
}

function mounts(host: Json): string[] {
  const asMount = array(host.Mounts).map(object).map(({ Type, Source, Target, ReadOnly }) =>
    [`type=${string(Type)}`, ...(string(Source) === '' ? [] : [`source=${string(Source)}`]), `target=${string(Target)}`, ...(ReadOnly === true ? ['readonly'] : [])].join(','));
  return [
    ...strings(host.Binds).flatMap((bind) => ['--volume', bind]),
    ...asMount.flatMap((mount) => ['--mount', mount]),
    ...Object.entries(stringMap(host.Tmpfs)).flatMap(([path, options]) => ['--tmpfs', options === '' ? path : `${path}:${options}`]),
    ...strings(host.VolumesFrom).flatMap((from) => ['--volumes-from', from]),
  ];
}

function ports(host: Json): string[] {
  if (host.PublishAllPorts === true) { return ['--publish-all']; }
  return Object.entries(object(host.PortBindings)).flatMap(([port, bindings]) => {
    const inside = port.replace(/\/tcp$/, '');
    return array(bindings).map(object).flatMap(({ HostIp, HostPort }) => ['--publish', [...[string(HostIp)].filter((ip) => ip !== '' && ip !== '0.0.0.0'), string(HostPort), inside].join(':')]);
  });
}

function network(json: Json, host: Json): string[] {
  const mode = string(host.NetworkMode);
  const own = mode === '' || mode === 'default' || mode === 'bridge' ? [] : ['--network', mode];
  const aliases = strings(object(object(object(json.NetworkSettings).Networks)[mode]).Aliases).filter((alias) => !string(json.Id).startsWith(alias));
  return [...own, ...aliases.flatMap((alias) => ['--network-alias', alias]), ...strings(host.ExtraHosts).flatMap((entry) => ['--add-host', entry]), ...strings(host.Dns).flatMap((server) => ['--dns', server])];
}

function restart(host: Json): string[] {
  const { Name, MaximumRetryCount } = object(host.RestartPolicy);
  const name = string(Name);
  return name === '' || name === 'no' ? [] : ['--restart', number(MaximumRetryCount) > 0 ? `${name}:${number(MaximumRetryCount)}` : name];
}

function limits(host: Json): string[] {
  const positive = (name: string, value: unknown): string[] => number(value) > 0 ? [name, String(number(value))] : [];
  return [
    ...(number(host.NanoCpus) > 0 ? ['--cpus', String(number(host.NanoCpus) / 1e9)] : []),
    ...positive('--cpu-period', host.CpuPeriod), ...positive('--cpu-quota', host.CpuQuota), ...positive('--cpu-shares', host.CpuShares), ...option('--cpuset-cpus', string(host.CpusetCpus)),
    ...positive('--memory', host.Memory),
    // Twice the memory is what Docker takes by itself.
    ...(number(host.MemorySwap) === number(host.Memory) * 2 || number(host.MemorySwap) === 0 ? [] : ['--memory-swap', String(number(host.MemorySwap))]),
    ...positive('--pids-limit', host.PidsLimit),
  ];
}

function security(host: Json, cgroupVersion: EngineFacts['cgroupVersion']): string[] {
  const mode = (name: string, value: unknown): string[] => string(value) === 'host' || string(value).startsWith('container:') ? [name, string(value)] : [];
  return [
    ...(host.Privileged === true ? ['--privileged'] : []), ...(host.ReadonlyRootfs === true ? ['--read-only'] : []), ...(host.Init === true ? ['--init'] : []),
    ...strings(host.CapAdd).flatMap((capability) => ['--cap-add', capability]), ...strings(host.CapDrop).flatMap((capability) => ['--cap-drop', capability]),
    // "label=disable" is Docker's own doing for a privileged one.
    ...(host.Privileged === true ? [] : strings(host.SecurityOpt).flatMap((value) => ['--security-opt', value])),
    ...mode('--pid', host.PidMode), ...mode('--ipc', host.IpcMode), ...mode('--uts', host.UTSMode), ...mode('--userns', host.UsernsMode),
    // The engine's own choice: the machine's on v1, one of its own on v2.
    ...(string(host.CgroupnsMode) === (cgroupVersion === '1' ? 'host' : 'private') ? [] : option('--cgroupns', string(host.CgroupnsMode))),
  ];
}

function entrypoint(config: Json, ofImage: Json): string[] {
  const [own] = strings(config.Entrypoint);
  return same(strings(config.Entrypoint), strings(ofImage.Entrypoint)) ? [] : ['--entrypoint', own ?? ''];
}

/** What follows the image. The option takes one word: the rest of an entrypoint goes before the command. */
function command(config: Json, ofImage: Json): string[] {
  const ownEntrypoint = !same(strings(config.Entrypoint), strings(ofImage.Entrypoint));
  if (!ownEntrypoint && same(strings(config.Cmd), strings(ofImage.Cmd))) { return []; }
  return [...(ownEntrypoint ? strings(config.Entrypoint).slice(1) : []), ...strings(config.Cmd)];
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
