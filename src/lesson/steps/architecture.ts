import * as l10n from '@vscode/l10n';
import { endpointAddress } from '../../engine/endpoint';
import { docker } from '../commandLine';
import { engineOf, type LessonFacts } from '../facts';
import { done, noEngine, open, ordered, partsOf } from '../states';
import type { Question, Step } from '../step';

/** Plausible, and each something else: containerd's socket, a registry, another engine's ports. */
const others = ['unix:///run/containerd/containerd.sock', 'https://registry-1.docker.io', 'tcp://127.0.0.1:2376', 'unix:///var/run/docker.sock'];

function questionOf(facts: LessonFacts): Question | undefined {
  const engine = engineOf(facts);
  if (engine === undefined) { return undefined; }
  const answer = endpointAddress(engine.endpoint);
  const same = (address: string): boolean => address.replace('/var/run/', '/run/') === answer.replace('/var/run/', '/run/');
  return {
    prompt: l10n.t('Which of these does your client send its requests to?'),
    options: ordered(answer, ...others.filter((address) => !same(address)).slice(0, 3)),
    answer,
    explanation: l10n.t('The engine {0} ({1}) answers at {2}. Images come from a registry, and processes are started by a runtime below: the engine talks to both, a client to neither.', engine.facts.name, engine.facts.version, answer),
  };
}

export const architecture: Step = {
  id: 'architecture',
  title: () => l10n.t('Find the engine behind the client'),
  know: () => l10n.t('Who talks to whom: client, daemon, containerd, runc and registry, and where that happens on your machine.'),

  check(facts) {
    const question = questionOf(facts);
    const engine = engineOf(facts);
    if (question === undefined || engine === undefined) { return noEngine(); }
    return facts.answers.architecture?.includes(question.answer) === true
      ? done(l10n.t('Your client\'s requests go to {0}, and the engine there answers.', question.answer), { [l10n.t('Daemon')]: engine.facts.version, ...partsOf(engine.facts) })
      : open(l10n.t('Its question is not answered yet for the engine that is used.'));
  },

  hints: (facts) => [
    l10n.t('The client does nothing by itself but send requests to one address. The Containers view knows it.'),
    l10n.t('Look at the description of the engine in the Containers view, or ask the docker command for the endpoint of its context. An engine on this machine listens at a socket.'),
    `docker context ls\n${docker(facts)} version`,
  ],

  solve({ facts, notes }) {
    const question = questionOf(facts());
    if (question !== undefined) { notes.noteRight('architecture', question.answer); }
    return Promise.resolve();
  },

  reset({ notes }) {
    notes.forgetAnswers('architecture');
    return Promise.resolve();
  },

  question: questionOf,
};
