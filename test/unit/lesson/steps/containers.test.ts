import { describe, expect, test } from 'vitest';
import type { ChangedTwin, KernelProof, LessonFacts, Twin } from '../../../../src/lesson/facts';
import { containersAndVms } from '../../../../src/lesson/steps/containersAndVms';
import { imageContainerHost } from '../../../../src/lesson/steps/imageContainerHost';
import { connectedFacts, containerOf } from '../../support/lessonFacts';

describe('containers and virtual machines', () => {
  const proof = (fields: Partial<KernelProof> = {}): KernelProof => ({ id: 'p', name: 'proof', image: 'busybox', kernel: '6.1.0-x', millis: 17.4, imageBytes: 2_040_000, ...fields });
  const facts = (...proofs: KernelProof[]): LessonFacts => connectedFacts({ kernelProofs: { value: proofs }, containers: [containerOf('p')] });

  test('is done when the kernel inside is the machine\'s', () => {
    expect(containersAndVms.check(facts(proof()))).toEqual({
      state: 'done', reason: 'The container proof runs on the kernel 6.1.0-x, as its machine does: it brought none.',
      evidence: { 'Kernel inside': '6.1.0-x', 'Kernel of the engine\'s machine': '6.1.0-x', 'Image': 'busybox (2.0 MB)', 'From start to exit': '17 ms' },
    });
  });

  test('is open, with both versions, when they differ, and when nothing was asked', () => {
    expect(containersAndVms.check(facts(proof({ kernel: '5.4' })))).toMatchObject({ state: 'open', reason: 'The container proof printed "5.4", and the engine\'s machine has the kernel 6.1.0-x.' });
    expect(containersAndVms.check(facts(proof({ id: 'q', kernel: '5.4' }), proof())).state).toBe('done');
    expect(containersAndVms.check(facts())).toMatchObject({ state: 'open', reason: expect.stringContaining('uname -r') as string });
  });

  test('is open again when the container is removed, before that is read', () => {
    expect(containersAndVms.check({ ...facts(proof()), containers: [] }).state).toBe('open');
  });

  test('is unknown while the engine did not say what it is, or could not be asked', () => {
    expect(containersAndVms.check({ ...facts(proof()), engines: [{ name: '', endpoint: { kind: 'unix', path: '/x' }, facts: undefined }] }).state).toBe('unknown');
    expect(containersAndVms.check({ ...facts(), kernelProofs: { why: 'No log driver.' } })).toEqual({ state: 'unknown', reason: 'No log driver.' });
  });

  test('asks what is shared once the machine has shown it', () => {
    expect(containersAndVms.question?.(facts())).toBeUndefined();
    expect(containersAndVms.question?.(facts(proof({ kernel: '5.4' })))).toBeUndefined();
    const question = containersAndVms.question?.(facts(proof()));
    expect(question).toMatchObject({ answer: 'The kernel', explanation: expect.stringContaining('proof said 6.1.0-x inside') as string });
    expect(question?.options).toContain('The kernel');
  });
});

describe('image, container and host', () => {
  const twin = (id: string, path?: string, imageId = 'sha256:1'): Twin => ({ id, name: id, imageId, changes: path === undefined ? [] : [{ path, kind: 'added' }] });
  const facts = (twins: Twin[], ...changedTwins: ChangedTwin[]): LessonFacts => connectedFacts({ twins: { value: twins }, changedTwins, containers: twins.map(({ id }) => containerOf(id)) });
  const gone: ChangedTwin = { id: 'a', name: 'a', imageId: 'sha256:1', path: '/made', beside: ['b'] };
  const reason = (known: LessonFacts): string => {
    const { state, reason: words } = imageContainerHost.check(known);
    return `${state}: ${words}`;
  };

  test('says at each moment what comes next', () => {
    expect(reason(facts([]))).toBe('open: There are no two containers of one image to compare yet.');
    expect(reason(facts([twin('a')]))).toBe('open: There is one container, a. Make another one of the same image.');
    expect(reason(facts([twin('a'), twin('b', undefined, 'sha256:2')]))).toContain('Make another one of the same image');
    expect(reason(facts([twin('a'), twin('b')]))).toBe('open: Two containers of one image are as the image is. Now make a file in one of them.');
    expect(reason(facts([twin('a', '/made')], gone))).toBe('open: a has a change (/made). A second, unchanged container of its image is missing.');
    expect(reason(facts([twin('a', '/made'), twin('b')], gone))).toBe('open: a has a change (/made), b of the same image has none. Now remove a and make it again.');
    expect(reason(facts([twin('b')], gone))).toContain('There is one container, b');
    expect(reason(facts([twin('b'), twin('c')], gone))).toBe('done: a had /made and is gone. c, made anew of the same image, is without it, and so is b.');
  });

  test('is not done by containers that were there beside the changed one, nor by those of another image', () => {
    expect(reason(facts([twin('b'), twin('c')], { ...gone, beside: ['b', 'c'] }))).toMatch(/^open/);
    expect(reason(facts([twin('b', undefined, 'sha256:2'), twin('c', undefined, 'sha256:2')], gone))).toMatch(/^open/);
  });

  test('is not done while the changed one exists, or the new one was changed', () => {
    expect(reason(facts([twin('a', '/made'), twin('b'), twin('c')], gone))).toMatch(/^open/);
    expect(reason(facts([twin('b'), twin('c', '/made')], gone))).toMatch(/^open/);
  });

  test('is undone when the containers are removed, and unknown when the engine does not say', () => {
    expect(reason({ ...facts([twin('b'), twin('c')], gone), containers: [] })).toMatch(/^open/);
    expect(imageContainerHost.check({ ...facts([]), twins: { why: 'broken' } })).toEqual({ state: 'unknown', reason: 'broken' });
  });

  test('asks where the file was once it is gone', () => {
    expect(imageContainerHost.question?.(facts([twin('a', '/made'), twin('b')]))).toBeUndefined();
    expect(imageContainerHost.question?.(facts([twin('b'), twin('c')], gone))).toMatchObject({ prompt: '/made was made in the container a. Where was it?' });
  });

  test('its commands tell the label', () => {
    expect(imageContainerHost.hints(facts([]))[2]).toContain('docker run -d --name twin-A --label hello-containers.role=twin busybox');
  });
});
