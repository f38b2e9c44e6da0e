import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Endpoint } from '../../../src/engine/endpoint';
import { asCurl, asDockerCommand } from '../../../src/engine/requestWords';

const asked = (line: string, body?: unknown) => {
  const [method = '', path = ''] = line.split(' ');
  return { method, path, apiVersion: '1.41', ...(body === undefined ? {} : { body }) };
};

describe('what the docker command would have been', () => {
  test.each<[string, unknown, string | undefined]>([
    ['GET /_ping', undefined, undefined],
    ['GET /version', undefined, 'docker version'],
    ['GET /containers/json?all=1&filters=%7B%22id%22%3A%5B%22c1%22%5D%7D', undefined, 'docker ps --all --filter \'id=c1\''],
    ['GET /containers/c1/json', undefined, 'docker inspect c1'],
    ['POST /containers/create?name=cpu-demo', { Image: 'python:3', Cmd: ['sh', '-c', 'echo "it\'s"'], Labels: { a: 'b' } }, 'docker create --name cpu-demo --label \'a=b\' python:3 sh -c \'echo "it\'\\\'\'s"\''],
    ['POST /containers/c1/start', undefined, 'docker start c1'],
    ['POST /containers/c1/update', { CpuPeriod: 100_000, CpuQuota: 10_000 }, 'docker update --cpu-period 100000 --cpu-quota 10000 c1'],
    ['GET /nodes', undefined, 'docker node ls'],
    ['GET /tasks', undefined, undefined],
    ['GET /services/s1', undefined, 'docker service inspect s1'],
    ['DELETE /services/s1', undefined, 'docker service rm s1'],
    ['GET /services/s1/logs?follow=1', undefined, 'docker service logs --follow s1'],
    ['POST /services/s1/update?version=7', undefined, 'docker service update s1'],
    ['POST /nodes/n1/update?version=7', undefined, 'docker node update n1'],
    ['POST /swarm/leave?force=1', undefined, 'docker swarm leave --force'],
    ['POST /containers/c1/update', { NanoCpus: 1e8 }, 'docker update --cpus 0.1 c1'],
    ['DELETE /containers/c1?v=1&force=1', undefined, 'docker rm --volumes --force c1'],
    ['POST /images/create?fromImage=hello-world&tag=latest', undefined, 'docker pull hello-world:latest'],
    ['GET /images/team/app:1/json', undefined, 'docker image inspect team/app:1'],
    ['GET /containers/c1/logs?follow=1', undefined, 'docker logs --follow c1'],
    ['GET /containers/c1/logs?since=17', undefined, 'docker logs --since 17 c1'],
    ['POST /containers/c1/rename?name=web', undefined, 'docker rename c1 web'],
    ['POST /containers/c1/kill?signal=SIGUSR1', undefined, 'docker kill --signal SIGUSR1 c1'],
    ['POST /containers/c1/update', { Memory: 1e7, MemorySwap: 2e7 }, 'docker update --memory 10000000 --memory-swap 20000000 c1'],
    ['POST /containers/c1/update', { PidsLimit: -1 }, 'docker update --pids-limit -1 c1'],
    ['POST /images/busybox/tag?repo=mine&tag=1', undefined, 'docker tag busybox mine:1'],
    ['DELETE /volumes/v1', undefined, 'docker volume rm v1'],
    ['GET /networks/n1', undefined, 'docker network inspect n1'],
    ['POST /containers/c1/exec', { Cmd: ['cat', '/proc/1/status'] }, 'docker exec c1 cat /proc/1/status'],
    ['GET /something/new', undefined, undefined],
  ])('%s', (line, body, command) => { expect(asDockerCommand(asked(line, body))).toBe(command); });
});

describe('the same with curl', () => {
  test.each<[Endpoint, string]>([
    [{ kind: 'unix', path: '/run/docker.sock' }, 'curl --unix-socket /run/docker.sock --no-buffer http://localhost/v1.41/info'],
    [{ kind: 'tcp', host: 'far', port: 2375 }, 'curl --no-buffer http://far:2375/v1.41/info'],
    [{ kind: 'tls', host: 'far', port: 2376, files: { ca: '/c/ca.pem', cert: '/c/cert.pem', key: '/c/key.pem' } }, 'curl --cacert /c/ca.pem --cert /c/cert.pem --key /c/key.pem --no-buffer https://far:2376/v1.41/info'],
    [{ kind: 'ssh', host: 'far', user: 'me', port: 2222 }, 'ssh -p 2222 me@far \'curl --unix-socket /var/run/docker.sock --no-buffer http://localhost/v1.41/info\''],
  ])('%j', (endpoint, line) => { expect(asCurl(asked('GET /info'), endpoint)).toBe(line); });

  test('whatever is in a name or a body, the shell reads the same words', () => {
    fc.assert(fc.property(fc.string(), (text) => {
      const path = `/containers/${encodeURIComponent(text.replaceAll('\0', ''))}/exec`;
      const body = { Cmd: [text.replaceAll('\0', '')] };
      const line = asCurl({ method: 'POST', path, apiVersion: '1.41', body }, { kind: 'unix', path: '/s' });
      const words = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' }).split('\0');
      expect(words.slice(-2)[0]).toBe(`http://localhost/v1.41${path}`);
      expect(words).toContain(JSON.stringify(body));
    }), { numRuns: 40 });
  });
});

test('a name that objects have of themselves is no collection of Docker\'s', () => {
  for (const collection of ['constructor', '__proto__', 'toString']) { expect(asDockerCommand({ method: 'GET', path: `/${collection}/x`, apiVersion: undefined, body: undefined })).toBeUndefined(); }
});
