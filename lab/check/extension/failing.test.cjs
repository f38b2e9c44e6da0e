const { suite, test } = require('mocha');

suite('lab check', () => {
  test('fails on purpose', () => {
    throw new Error('on purpose');
  });
});
