const Mocha = require('mocha');

/** A mocha run as an extension's tests have it: resolves when all pass, rejects otherwise. */
exports.suite = (file) =>
  new Promise((resolve, reject) => {
    const mocha = new Mocha({ ui: 'tdd', color: false });
    mocha.addFile(file);
    mocha.run((failures) => (failures ? reject(new Error(`${failures} failed`)) : resolve()));
  });
