import * as vscode from 'vscode';
import { detailsOf, isAbort, messageOf } from '../base/errors';
import type { Log } from '../base/log';
import type { Engines } from '../engine/engines';
import { containerLogs } from './containerLogs';
import { liftCpuLimit, limitCpu } from './cpuLimit';
import { inspectContainer } from './inspectContainer';
import { listContainers } from './listContainers';
import type { Tool } from './tool';

/** What VS Code's agents may do with containers, by the names in package.json. */
export function registerTools(engines: Engines, log: Log): vscode.Disposable[] {
  const tools: Record<string, Tool> = {
    listContainers: listContainers(engines), containerLogs: containerLogs(engines), inspectContainer: inspectContainer(engines),
    limitCpu: limitCpu(engines), liftCpuLimit: liftCpuLimit(engines),
  };
  return Object.entries(tools).map(([name, tool]) => vscode.lm.registerTool(`helloContainers_${name}`, forModel(name, tool, log)));
}

function forModel(name: string, tool: Tool, log: Log): vscode.LanguageModelTool<unknown> {
  return {
    prepareInvocation: ({ input }) => told(name, log, async () => {
      const { title, message, doing } = await tool.ask(input);
      return { invocationMessage: doing, confirmationMessages: { title, message } };
    }),
    invoke: ({ input }, token) => told(name, log, async () => {
      const cancel = new AbortController();
      const subscription = token.onCancellationRequested(() => cancel.abort());
      try {
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(await tool.run(input, cancel.signal))]);
      } finally {
        subscription.dispose();
      }
    }),
  };
}

/** Errors go to the model in our own words, and to the log with their details. */
async function told<T>(name: string, log: Log, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isAbort(error)) { log.error(`tool ${name}: ${detailsOf(error)}`); }
    throw new Error(messageOf(error), { cause: error });
  }
}
