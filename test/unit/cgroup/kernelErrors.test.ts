import { describe, expect, test } from 'vitest';
import { HumanError } from '../../../src/base/errors';
import { explainKernelError, type KernelOperation, KernelRefused } from '../../../src/cgroup/kernelErrors';

const everywhere = ['EPERM', 'EACCES', 'ENOENT', 'ENODEV', 'ENOTDIR', 'ENAMETOOLONG', 'EINVAL'];
const known: Record<KernelOperation, string[]> = {
  makeGroup: [...everywhere, 'EEXIST', 'EROFS', 'ENOSPC', 'EAGAIN'],
  setLimit: [...everywhere, 'EROFS'],
  move: [...everywhere, 'ESRCH', 'EROFS', 'EBUSY', 'EOPNOTSUPP', 'ENOSPC'],
  removeGroup: [...everywhere, 'EBUSY', 'EROFS', 'ENOTEMPTY'],
  enableCpu: [...everywhere, 'EBUSY', 'EROFS', 'EOPNOTSUPP'],
  read: [...everywhere, 'ESRCH', 'EOPNOTSUPP'],
};
const operations = Object.keys(known) as KernelOperation[];

function refuse(code: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code });
}

describe.each(operations)('%s', (operation) => {
  test.each(known[operation])('%s is explained', (code) => {
    const error = refuse(code);
    const explained = explainKernelError(error, operation, 'SUBJECT');
    expect(explained).toBeInstanceOf(KernelRefused);
    expect(explained).toBeInstanceOf(HumanError);
    expect(explained).toMatchObject({ code, operation, cause: error, name: 'KernelRefused' });
    expect((explained as KernelRefused).message).toMatch(/SUBJECT.*: .+\.$/);
  });

  test('each code has a sentence of its own', () => {
    const messages = known[operation].map((code) => (explainKernelError(refuse(code), operation, 'x') as KernelRefused).message);
    expect(new Set(messages).size).toBe(messages.length);
  });
});

test.each([
  ['a code that is not known', refuse('EMFILE')],
  ['no code', new Error('EBUSY')],
  ['a number as code', Object.assign(new Error('x'), { code: 16 })],
  ['no error at all', 'EBUSY'],
  ['nothing', undefined],
  ['a code that is the name of something else', refuse('constructor')],
  ['what was explained before', new KernelRefused('said', 'EBUSY', 'move', undefined)],
])('an error with %s comes back as it is', (_, error) => {
  for (const operation of operations) { expect(explainKernelError(error, operation, 'x')).toBe(error); }
});
