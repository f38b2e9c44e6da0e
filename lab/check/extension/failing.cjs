const { suite } = require('./suite.cjs');
exports.run = () => suite(require.resolve('./failing.test.cjs'));
