import { expect, test } from 'vitest';
import { isImageName } from '../../../src/engine/imageName';

test.each(['busybox', 'a', 'python:3-alpine', 'localhost:5000/team/app:1', 'ghcr.io/a/b__c@sha256:0123456789abcdef'])('%s is a name of an image', (name) => {
  expect(isImageName(name)).toBe(true);
});

test.each(['', '-v', '--privileged', '/app', 'a b', 'a:', 'a;b', 'a\n', '$(id)'])('%j is none', (name) => {
  expect(isImageName(name)).toBe(false);
});

test('a long row of what can be a part or its end takes no time', () => {
  const from = performance.now();
  expect(isImageName(`a${'_'.repeat(100_000)}!`)).toBe(false);
  expect(performance.now() - from).toBeLessThan(1_000);
});
