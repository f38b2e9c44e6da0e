const { suite } = require('./suite.cjs');
exports.run = () => suite(require.resolve('./passing.test.cjs'));
