import { expect, test } from 'vitest';
import { detailsOf, HumanError, isAbort, messageOf } from '../../../src/base/errors';

class OutOfCoffee extends HumanError { }

test('a human error carries its own name, its fixes and its cause', () => {
  const cause = new Error('empty');
  const error = new OutOfCoffee('There is no coffee: buy some.', { cause, fixes: [{ title: 'Buy', command: 'shop' }] });
  expect(error.name).toBe('OutOfCoffee');
  expect(error.cause).toBe(cause);
  expect(error.fixes).toEqual([{ title: 'Buy', command: 'shop' }]);
  expect(error).toBeInstanceOf(Error);
});

test('a human error without a cause says so, rather than having an undefined one', () => {
  const error = new HumanError('Just so.');
  expect('cause' in error).toBe(false);
  expect(error.fixes).toEqual([]);
});

test.each([[new Error('as it is'), 'as it is'], ['a string', 'a string'], [undefined, 'undefined'], [null, 'null'], [42, '42']])('the message of %o is %o', (thrown, message) => {
  expect(messageOf(thrown)).toBe(message);
});

test('the details for the log hold the stack and each cause down to the first', () => {
  const error = new OutOfCoffee('no coffee', { cause: new Error('no beans', { cause: 'no money' }) });
  const details = detailsOf(error);
  expect(details).toContain('no coffee');
  expect(details).toContain('errors.test.ts');
  expect(details).toContain('caused by: Error: no beans');
  expect(details.endsWith('caused by: no money')).toBe(true);
});

test('the details of something that is no error are its text', () => {
  expect(detailsOf('oops')).toBe('oops');
});

test('an abort is known by the name and by the code that Node gives it', () => {
  const controller = new AbortController();
  controller.abort();
  expect(isAbort(controller.signal.reason)).toBe(true);
  expect(isAbort(Object.assign(new Error('aborted'), { code: 'ABORT_ERR' }))).toBe(true);
  expect(isAbort(new Error('AbortError'))).toBe(false);
  expect(isAbort('AbortError')).toBe(false);
});

test('causes that go in a circle come to an end', () => {
  const [one, other] = [new Error('one'), new Error('other')];
  [one.cause, other.cause] = [other, one];
  expect(detailsOf(one).match(/caused by/g)?.length).toBeLessThan(30);
});

test('what has no way to be a text is told all the same', () => {
  expect(messageOf(Object.create(null))).toBe('[object Object]');
  expect(detailsOf({ toString: 0 })).toBe('[object Object]');
});
