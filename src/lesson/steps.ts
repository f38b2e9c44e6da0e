import type { LessonFacts } from './facts';
import { type Step, type StepId, stepIds, type StepState } from './step';
import { aProcess } from './steps/aProcess';
import { architecture } from './steps/architecture';
import { cleanUp } from './steps/cleanUp';
import { cleanUpByHand } from './steps/cleanUpByHand';
import { connect } from './steps/connect';
import { containersAndVms } from './steps/containersAndVms';
import { cpuDemo } from './steps/cpuDemo';
import { cpuProgram } from './steps/cpuProgram';
import { followTheRun } from './steps/followTheRun';
import { helloWorld } from './steps/helloWorld';
import { imageContainerHost } from './steps/imageContainerHost';
import { limit } from './steps/limit';
import { limitByHand } from './steps/limitByHand';
import { otherRuntime } from './steps/otherRuntime';
import { remoteEngine } from './steps/remoteEngine';
import { slowDown } from './steps/slowDown';
import { swarm } from './steps/swarm';
import { watch } from './steps/watch';

export { type StepId, stepIds, type StepState } from './step';

const byId: Readonly<Record<StepId, Step>> = {
  'connect': connect, 'containers-and-vms': containersAndVms, 'image-container-host': imageContainerHost, 'architecture': architecture,
  'hello-world': helloWorld, 'follow-the-run': followTheRun, 'a-process': aProcess,
  'cpu-program': cpuProgram, 'limit-by-hand': limitByHand, 'slow-down': slowDown, 'clean-up-by-hand': cleanUpByHand,
  'cpu-demo': cpuDemo, 'limit': limit, 'watch': watch, 'clean-up': cleanUp,
  'remote-engine': remoteEngine, 'other-runtime': otherRuntime, 'swarm': swarm,
};

/** The lesson, in order. */
export const steps: readonly Step[] = stepIds.map((id) => byId[id]);

export function stepOf(id: StepId): Step {
  return byId[id];
}

/** Checks each step. */
export function checkSteps(facts: LessonFacts): Record<StepId, StepState> {
  return Object.fromEntries(steps.map(({ id, check }) => [id, check(facts)])) as Record<StepId, StepState>;
}
