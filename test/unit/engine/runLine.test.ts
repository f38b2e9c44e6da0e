import { describe, expect, test } from 'vitest';
import { runLine } from '../../../src/engine/runLine';

const image = { Config: { Env: ['PATH=/bin'], Cmd: ['sh'], Entrypoint: null, User: '', WorkingDir: '/', Labels: { by: 'image' } } };
const container = (config: object = {}, host: object = {}, more: object = {}): object => ({
  Id: 'abcdef012345', Name: '/web', Config: { Image: 'nginx', Env: ['PATH=/bin'], Cmd: ['sh'], WorkingDir: '/', Hostname: 'abcdef', Labels: { by: 'image' }, ...config },
  HostConfig: { NetworkMode: 'default', CgroupnsMode: 'private', ...host }, ...more,
});

describe('the line that would make it again', () => {
  test('does not say what the image and the engine say already', () => {
    expect(runLine(container(), image, '2')).toBe('docker run --detach --name web nginx');
  });

  test.each<[string, object, object, string]>([
    ['a terminal', { Tty: true, OpenStdin: true }, {}, '--interactive --tty'],
    ['a user, a folder and a host name', { User: 'me', WorkingDir: '/work', Hostname: 'mine' }, {}, '--hostname mine --user me --workdir /work'],
    ['its own environment and labels', { Env: ['PATH=/bin', 'A=b c'], Labels: { by: 'image', x: '' } }, {}, '--env \'A=b c\' --label \'x=\''],
    ['folders of the machine', {}, { Binds: ['/a:/b:ro'], Tmpfs: { '/t': 'size=1m' } }, '--volume /a:/b:ro --tmpfs \'/t:size=1m\''],
    ['ports', {}, { PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8080' }], '53/udp': [{ HostIp: '127.0.0.1', HostPort: '53' }] } }, '--publish 8080:80 --publish 127.0.0.1:53:53/udp'],
    ['limits', {}, { NanoCpus: 5e8, Memory: 1e7, MemorySwap: 2e7, PidsLimit: 9 }, '--cpus 0.5 --memory 10000000 --pids-limit 9'],
    ['what it may do', {}, { CapAdd: ['NET_ADMIN'], PidMode: 'host', SecurityOpt: ['no-new-privileges'], CgroupnsMode: 'host' }, '--cap-add NET_ADMIN --security-opt no-new-privileges --pid host --cgroupns host'],
    ['when it starts again', {}, { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } }, '--restart on-failure:3'],
  ])('says %s', (_, config, host, options) => {
    const interactive = options.startsWith('--interactive');
    expect(runLine(container(config, host), image, '2')).toBe(`docker run ${interactive ? '' : '--detach '}--name web ${options} nginx`);
  });

  test('says what runs when it is not what the image runs', () => {
    expect(runLine(container({ Cmd: ['echo', 'it\'s $HOME'] }), image, '2')).toBe('docker run --detach --name web nginx echo \'it\'\\\'\'s $HOME\'');
    expect(runLine(container({ Entrypoint: ['python', '-u'], Cmd: ['a.py'] }), image, '2')).toBe('docker run --detach --name web --entrypoint python nginx -u a.py');
  });

  test('says everything where the image is gone, and stands nonsense', () => {
    expect(runLine(container(), undefined, '1')).toContain('--env \'PATH=/bin\' --label \'by=image\'');
    for (const value of [undefined, null, 7, [], { HostConfig: 7, Config: [] }]) { expect(runLine(value, value, 'unknown')).toMatch(/^docker run --detach/); }
  });
});

test('what a terminal would obey when the line is pasted is written by the shell itself', () => {
  const line = runLine(container({ Labels: { x: 'a\x03\nrm -rf ~\x1b[201~' } }), image, '2');
  expect(line).toContain('--label \'x=a\'"$(printf \'\\003\')"\'\nrm -rf ~\'"$(printf \'\\033\')"\'[201~\'');
  // eslint-disable-next-line no-control-regex -- finding them is the purpose
  expect(line).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/);
});
