import { addRemoteEngine } from './addRemoteEngine';
import { clearFilter, filterContainers, groupContainers, sortContainers } from './arrangeContainers';
import * as changeState from './changeState';
import { chooseEngine } from './chooseEngine';
import { cleanUp } from './cleanUp';
import type { Command, CommandInput } from './command';
import { copyContainerId, copyContainerName, copyRunLine } from './copyFrom';
import { diagnoseEngine } from './diagnoseEngine';
import { inspectContainer, inspectObject } from './inspect';
import { installDocker } from './installDocker';
import { joinDockerGroup } from './joinDockerGroup';
import { killContainer } from './killContainer';
import { labReport } from './labReport';
import { askStep, checkStep, hintStep, resetLesson, resetStep, solveStep } from './lessonStep';
import { limitCpu, limitCpuTo10, removeCpuLimit } from './limitCpu';
import { limitResource } from './limitResource';
import { pullImage, removeObject, showLayers, tagImage } from './objects';
import { openExercise } from './openExercise';
import { followRun, measureContainers, showArchitecture, showOverview, xrayContainer } from './openPages';
import { openPort } from './openPort';
import { openShell } from './openShell';
import { openWalkthrough } from './openWalkthrough';
import { pruneContainers } from './pruneContainers';
import { replayBundledRun, replayRun, saveRecording } from './recordedRun';
import { reconnect } from './reconnect';
import { removeContainer } from './removeContainer';
import { removeEngine } from './removeEngine';
import { renameContainer } from './renameContainer';
import { runHelloWorld } from './runHelloWorld';
import { saveFlightRecord } from './saveFlightRecord';
import { showCgroup, showProcessCgroup } from './showCgroup';
import { showLogs, showLogsWith } from './showLogs';
import { startCpuDemo } from './startCpuDemo';
import { joinSwarm, leaveSwarm, startSwarm } from './swarmMembership';
import { activateNode, drainNode } from './swarmNode';
import { limitServiceTo10, removeServiceLimit, scaleService, showServiceLogs } from './swarmService';
import { useEngine } from './useEngine';
import { watchLiveCpu } from './watchLiveCpu';
import { whyNoCpuLimit } from './whyNoCpuLimit';

/** Every command, under its id without our prefix. package.json tells what they are called and where they show. */
export function allCommands(input: CommandInput): Record<string, Command> {
  return {
    runHelloWorld: runHelloWorld(input),
    startCpuDemo: startCpuDemo(input),
    startContainer: changeState.startContainer(input),
    stopContainer: changeState.stopContainer(input),
    restartContainer: changeState.restartContainer(input),
    pauseContainer: changeState.pauseContainer(input),
    unpauseContainer: changeState.unpauseContainer(input),
    removeContainer: removeContainer(input),
    limitCpuTo10: limitCpuTo10(input),
    limitCpu: limitCpu(input),
    removeCpuLimit: removeCpuLimit(input),
    whyNoCpuLimit: whyNoCpuLimit(),
    watchLiveCpu: watchLiveCpu(input),
    limitResource: limitResource(input),
    showLogs: showLogs(input),
    showLogsWith: showLogsWith(input),
    openShell: openShell(input),
    inspectContainer: inspectContainer(input),
    copyContainerId: copyContainerId(input),
    copyContainerName: copyContainerName(input),
    copyRunLine: copyRunLine(input),
    openPort: openPort(input),
    renameContainer: renameContainer(input),
    killContainer: killContainer(input),
    pruneContainers: pruneContainers(input),
    groupContainers: groupContainers(input),
    sortContainers: sortContainers(input),
    filterContainers: filterContainers(input),
    clearFilter: clearFilter(input),
    pullImage: pullImage(input),
    tagImage: tagImage(input),
    showLayers: showLayers(input),
    inspectObject: inspectObject(input),
    removeObject: removeObject(input),
    showOverview: showOverview(input),
    openExercise: openExercise(input),
    xrayContainer: xrayContainer(input),
    showCgroup: showCgroup(input),
    showProcessCgroup: showProcessCgroup(input),
    cleanUp: cleanUp(input),
    reconnect: reconnect(input),
    chooseEngine: chooseEngine(input),
    useEngine: useEngine(input),
    addRemoteEngine: addRemoteEngine(input),
    removeEngine: removeEngine(input),
    diagnoseEngine: diagnoseEngine(input),
    scaleService: scaleService(input),
    limitServiceTo10: limitServiceTo10(input),
    removeServiceLimit: removeServiceLimit(input),
    showServiceLogs: showServiceLogs(input),
    drainNode: drainNode(input),
    activateNode: activateNode(input),
    startSwarm: startSwarm(input),
    joinSwarm: joinSwarm(input),
    leaveSwarm: leaveSwarm(input),
    installDocker: installDocker(),
    joinDockerGroup: joinDockerGroup(),
    openWalkthrough: openWalkthrough(),
    solveStep: solveStep(input),
    checkStep: checkStep(input),
    hintStep: hintStep(input),
    askStep: askStep(input),
    resetStep: resetStep(input),
    resetLesson: resetLesson(input),
    labReport: labReport(input),
    followRun: followRun(input),
    showArchitecture: showArchitecture(input),
    measureContainers: measureContainers(input),
    saveFlightRecord: saveFlightRecord(input),
    replayRun: replayRun(input),
    replayBundledRun: replayBundledRun(input),
    saveRecording: saveRecording(input),
    showLog: () => {
      input.showLog();
      return undefined;
    },
  };
}
