// What a host might send, as lists of messages of src/webviews/protocol.ts. Deterministic: pictures can be compared.
const start = Date.parse('2025-03-14T09:26:00Z');

const base = {
  type: 'init', name: 'calculator', image: 'python:3.13-alpine', machineCpus: 2, source: 'cgroup', state: 'running', l10n: undefined,
};
const noFigures = {
  baselineRate: null, currentRate: null, ratio: null, cores: null, throttledShare: null, capCores: null, account: null, guess: null, theory: null,
};
const limited = {
  baselineRate: 10.62, currentRate: 1.03, ratio: 0.097, cores: 0.1, throttledShare: 0.98, capCores: 0.1, guess: null, theory: null,
  account: { cores: 0.1, seconds: 5.7, periods: 57, throttledPeriods: 57 },
};

/** Readings of stretches {seconds, capCores, cores}, from `start` on; `cores: null` is a gap. */
function record(stretches, perSecond = 5) {
  let noise = 1;
  const random = () => (noise = noise * 16807 % 2147483647) / 2147483647 - 0.5;
  const samples = [];
  const rates = [];
  const markers = [];
  let at = start;
  stretches.forEach(({ seconds, capCores = null, cores, label }, index) => {
    if (index > 0 && label) { markers.push({ at, capCores, label }); }
    for (let reading = 0; reading < seconds * perSecond; reading++, at += 1000 / perSecond) {
      const free = capCores === null || capCores >= cores;
      samples.push({
        at, capCores,
        cores: cores === null ? null : Math.max(0, (free ? cores : capCores) * (1 + random() * (free ? 0.03 : 0.08))),
        throttledShare: capCores === null ? null : free ? 0 : Math.min(1, 0.97 + random() * 0.06),
      });
      if (cores !== null && reading % perSecond === perSecond - 1) {
        rates.push({ at, perSecond: Math.min(cores, capCores ?? Infinity) * 10.62 * (1 + random() * 0.05) });
      }
    }
  });
  return { samples, rates, markers };
}

const tenPercent = { capCores: 0.1, cores: 1, label: '10 % of a core' };
const free = { cores: 1, label: 'no limit' };
const justLimited = record([{ ...free, seconds: 60 }, { ...tenPercent, seconds: 30 }]);
const lesson = record([{ ...free, seconds: 60 }, { ...tenPercent, seconds: 40 }, { ...free, seconds: 15 }]);
const crowded = record([
  { ...free, seconds: 30 }, { ...tenPercent, seconds: 6 }, { seconds: 4, capCores: 0.5, cores: 1, label: '50 % of a core' },
  { seconds: 4, capCores: 0.25, cores: 1, label: '25 % of a core' }, { ...free, seconds: 10 }, { seconds: 12, cores: null },
  { seconds: 14, capCores: 1.5, cores: 1, label: '150 % of a core' }, { ...tenPercent, seconds: 3 },
]);
const long = record([{ ...free, seconds: 200 }, { ...tenPercent, seconds: 200 }, { ...free, seconds: 200 }]);

export const scenarios = {
  'limited': [{ ...base, ...justLimited, figures: limited }],
  'guessed': [{ ...base, ...justLimited, figures: { ...limited, guess: 2.5, theory: 1.06 } }],
  'lifted': [{ ...base, ...lesson, figures: { ...limited, ratio: null, currentRate: 10.58, cores: 1, throttledShare: null, capCores: null, account: { cores: 0.998, seconds: 15, periods: 0, throttledPeriods: 0 } } }],
  'crowded': [{ ...base, ...crowded, figures: { ...limited, currentRate: null, ratio: null } }],
  'no-rates': [{
    ...base, name: 'web', image: 'nginx:1.27', source: 'stats', machineCpus: 8,
    ...record([{ seconds: 90, cores: 0.22 }], 1), rates: [], figures: { ...noFigures, cores: 0.22, account: { cores: 0.219, seconds: 90, periods: 0, throttledPeriods: 0 } },
  }],
  'long': [{ ...base, ...long, figures: { ...limited, currentRate: 10.6, ratio: null, cores: 1, throttledShare: null, capCores: null } }],
  'waiting': [{ ...base, samples: [], rates: [], markers: [], figures: noFigures }],
  'stopped': [{ ...base, ...justLimited, figures: limited }, { type: 'state', state: 'stopped' }],
  'names': [{
    ...base, name: 'a-very-long-container-name-that-somebody-really-gave-to-a-container-of-theirs_1',
    image: 'registry.example.com:5000/team/department/service-with-a-long-name@sha256:0123456789abcdef0123456789abcdef', state: 'paused',
    ...justLimited, figures: limited,
  }],
};
