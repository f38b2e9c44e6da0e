import { readlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeCapabilities } from '../../../src/cgroup/capabilities';
import { LocalHost } from '../../../src/cgroup/localHost';
import { readHostNamespaces, readNamespaces } from '../../../src/cgroup/namespaces';

test('our own namespaces are those that the kernel names', async () => {
  const found = await readNamespaces(new LocalHost(), 'self');
  expect(Object.keys(found)).toEqual(expect.arrayContaining(['ipc', 'mnt', 'net', 'pid', 'user', 'uts']));
  for (const [kind, inode] of Object.entries(found)) { expect(readlinkSync(`/proc/self/ns/${kind}`)).toBe(`${kind}:[${inode}]`); }
});

test('of a machine that shows none, those are known that every machine has', async () => {
  const closed = { read: () => Promise.reject(new Error('no')), readlink: () => Promise.reject(new Error('no')) };
  expect(await readNamespaces(closed, 1)).toEqual({});
  const host = await readHostNamespaces(closed);
  expect(host.pid).toBe('4026531836');
  expect(host.net).toBeUndefined();
});

test('capabilities are the bits of the mask', () => {
  expect(decodeCapabilities('0000000000000000')).toEqual([]);
  // Docker's usual ones, as its documentation lists them.
  expect(decodeCapabilities('00000000a80425fb')).toEqual(['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP', 'NET_BIND_SERVICE', 'NET_RAW', 'SYS_CHROOT', 'MKNOD', 'AUDIT_WRITE', 'SETFCAP']);
  expect(decodeCapabilities('8000000000000000')).toEqual(['63']);
  expect(decodeCapabilities('nothing')).toEqual([]);
});
