/** A reporter that ends a run with its figures. */
export default class Figures {
  onTestRunStart() { this.from = performance.now(); }

  onTestRunEnd(modules) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const fuzzed = tests.map((test) => test.meta().fuzz).filter((meta) => meta !== undefined);
    const inputs = fuzzed.reduce((sum, meta) => sum + meta.inputs, 0);
    const failures = tests.filter((test) => test.result().state === 'failed').length;
    const seconds = (performance.now() - this.from) / 1000;
    console.log(`fuzz: ${new Set(fuzzed.map(({ parser }) => parser)).size} parsers, ${tests.length} properties, ${inputs.toLocaleString('en')} inputs, ${failures} failures, ${seconds.toFixed(0)} s; seed ${process.env.HELLO_CONTAINERS_FUZZ_SEED}`);
  }
}
