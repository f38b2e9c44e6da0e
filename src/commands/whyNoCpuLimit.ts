import * as vscode from 'vscode';
import type { Command } from './command';

/** In the place of the limits in the menu of a container whose engine has none. */
export function whyNoCpuLimit(): Command {
  return async () => {
    await vscode.window.showInformationMessage(vscode.l10n.t('This engine cannot limit the CPU of a container: its kernel gives it no cpu controller (as with rootless engines on cgroup v1, or on v2 without delegation), or it is a Podman before 4.3.'));
  };
}
